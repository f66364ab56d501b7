"""Ways for a program to end: `endings.py CASE` runs the function of that name."""

import atexit
import contextlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
import weakref
import zipfile


def normal():
    """Output on both streams, and the end of the file."""
    print("to stdout")
    print("to stderr", file=sys.stderr)


def unflushed():
    """Text without a line end that nobody flushes."""
    sys.stdout.write("no end of line")
    sys.stderr.write("nor here")


def uncaught():
    """An exception from a function of another module."""
    from nested.deep import down

    print("before")
    down(3)


def chained():
    """An exception with a cause, raised while another was handled."""
    try:
        {}["key"]
    except KeyError:
        try:
            int("x")
        except ValueError as error:
            raise RuntimeError("cannot go on") from error


def context():
    """An exception raised while another was handled."""
    try:
        {}["key"]
    finally:
        [].pop()


def group():
    """Several exceptions in one, with notes."""
    first, second = ValueError("one"), TypeError("two")
    first.add_note("a note\nof two lines")
    raise ExceptionGroup("both", [first, ExceptionGroup("inner", [second])])


def recursion():
    """A stack that is too deep; the traceback says how often a line is repeated."""

    def deeper():
        deeper()

    deeper()


def syntax():
    """Source that is made at run time and does not compile."""
    exec("value = (1 +\n", {})


def indentation():
    """Another error of the compiler, in a named file that does not exist."""
    compile("if x:\npass\n", "generated.py", "exec")


def broken():
    """A module of the program that does not compile."""
    import nested.broken


def missing():
    """A module that is not installed."""
    import module_that_is_not_installed


def missing_submodule():
    """A module that is not there, of a package that is."""
    import nested.nowhere


def missing_metadata():
    """Metadata of a distribution that is not installed."""
    from importlib.metadata import version

    version("distribution-that-is-not-installed")


def missing_name():
    """A name that a module does not have."""
    from nested.deep import up


def suggestion():
    """A misspelt name: Python suggests the right one."""
    import json

    json.dmups({})


def made():
    """An exception from code made at run time, which has no file."""
    exec("def f():\n    return 1 / 0\nf()", {})


def library():
    """An exception from inside the standard library."""
    import json

    json.loads("{'a': 1}")


def no_text():
    """An exception whose text cannot be made."""

    class Mute(Exception):
        def __str__(self):
            raise ValueError

    raise Mute


def surrogate():
    """An exception whose text cannot be encoded."""
    raise ValueError("lone \udc80 surrogate, ä €")


def exit_three():
    sys.exit(3)


def exit_text():
    sys.exit("this is the reason")


def exit_none():
    sys.exit(None)


def exit_large():
    sys.exit(256 + 7)


def exit_negative():
    sys.exit(-1)


def exit_huge():
    sys.exit(1 << 80)


def exit_true():
    sys.exit(True)


def exit_object():
    sys.exit({"a": [1]})


def exit_tuple():
    raise SystemExit(1, 2)


def exit_builtin():
    exit(2)


def quit_builtin():
    quit()


def quit_text():
    quit("no more")


def site_names():
    """The builtins that `site` adds are the objects that it adds."""
    print(repr(exit), repr(quit), type(exit), type(help))


def interrupt():
    """Ctrl-C while waiting; the test sends the signal when it sees the text."""
    print("ready", flush=True)
    time.sleep(60)


def interrupt_caught():
    """Ctrl-C that the program handles."""
    print("ready", flush=True)
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        print("caught")


def interrupt_raised():
    """The exception of Ctrl-C without the signal, with a clean-up that still runs."""
    atexit.register(print, "cleaned up")
    raise KeyboardInterrupt


def interrupt_chained():
    """Ctrl-C turned into another exception."""
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        raise ValueError("stopped")


def terminated():
    """SIGTERM has its default meaning: the end, at once."""
    print("ready", flush=True)
    time.sleep(60)


def terminate_handled():
    """SIGTERM with a handler."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(f"signal {number}"))
    print("ready", flush=True)
    time.sleep(60)


def signals():
    """Which signals are ignored or handled when a program starts."""
    for number in sorted(signal.valid_signals()):
        handler = signal.getsignal(number)
        if handler is not signal.SIG_DFL:
            print(number, handler)


def abort():
    os.abort()


def os_exit():
    """The end without any clean-up: buffered text is lost."""
    print("lost")
    os._exit(5)


def threads():
    """Threads that run on after the end of the file."""

    def work():
        time.sleep(0.2)
        print("thread is done")

    atexit.register(print, "at exit")
    threading.Thread(target=work).start()
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    print("main is done")


def thread_exception():
    """An exception in a thread does not end the program."""
    thread = threading.Thread(target=int, args=("x",), name="worker")
    thread.start()
    thread.join()
    print("main goes on")


def at_exit():
    """Functions at exit run last first; one that fails does not stop the others."""
    atexit.register(print, "first registered")
    atexit.register(int, "not a number")
    atexit.register(print, "last registered")
    sys.exit(4)


def at_exit_exit():
    """A function at exit cannot change the exit status."""
    atexit.register(sys.exit, 7)
    sys.exit(4)


class Loud:
    """Says when it goes."""

    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone:", self.name, sys is None, file=sys.__stdout__)


def finalisers():
    """Objects of module level, of cycles, and in suspended generators go in the same order."""
    global kept
    kept = Loud("kept")
    cycle = Loud("cycle")
    cycle.itself = cycle

    def generator():
        try:
            yield
        finally:
            print("generator closed")

    global suspended
    suspended = generator()
    next(suspended)
    Loud("at once")


def finaliser_unseen():
    """Instances of this class are unknown to the collector."""

    class Slotted:
        __slots__ = ()

        def __del__(self):
            print("slotted is gone")

    global kept
    kept = Slotted()


def finaliser_inherited():
    """The class itself names no `__del__`."""

    class Heir(Loud):
        pass

    global kept
    kept = [Heir("heir")]


def told_generator():
    """Says when it is closed."""
    try:
        yield
    finally:
        print("closed")


def suspended_generator():
    """Closed when the program ends."""
    global kept
    kept = told_generator()
    next(kept)


def suspended_context():
    """A context manager that is never left."""

    @contextlib.contextmanager
    def context():
        try:
            yield
        finally:
            print("left")

    global kept
    kept = context()
    kept.__enter__()


def finished_generators():
    """Those that were never started, or have ended, say nothing."""
    global kept
    kept = [told_generator(), told_generator()]
    print(list(kept[0]))


def coroutine_never_awaited():
    """Python warns."""

    async def coroutine():
        pass

    global kept
    kept = coroutine()


def suspended_coroutine():
    """Closed when the program ends."""

    class Pause:
        def __await__(self):
            yield

    async def coroutine():
        try:
            await Pause()
        finally:
            print("closed")

    global kept
    kept = coroutine()
    kept.send(None)


def weak_callback():
    """Called when what it watches goes."""

    class Watched:
        pass

    global kept, watcher
    kept = Watched()
    watcher = weakref.ref(kept, lambda reference: print("it is gone"))


def weak_method():
    """A callback that is a bound method: its type is the interpreter's own, and has no dictionary of its own."""

    class Watched:
        def note(self, reference):
            print("it is gone")

    global kept, watcher
    kept = Watched(), Watched()
    watcher = weakref.ref(kept[0], kept[1].note), weakref.ref(kept[1], ["built in"].remove)


def weak_finalize():
    """Runs at exit, unless told not to."""

    class Watched:
        pass

    global kept
    kept = Watched()
    weakref.finalize(kept, print, "finalized")
    weakref.finalize(kept, print, "not at exit").atexit = False


def weak_containers():
    """Their callbacks show nothing."""

    class Item:
        pass

    global kept, containers
    kept = Item()
    containers = weakref.WeakSet([kept]), weakref.WeakValueDictionary(a=kept), weakref.WeakKeyDictionary({kept: 1})


def buffered_file():
    """Data in a file's buffer is written."""
    global kept
    kept = os.fdopen(os.dup(1), "wb")
    kept.write(b"from the buffer\n")


def text_file():
    """Text that waits for its buffer is written."""
    global kept
    kept = [os.fdopen(os.dup(1), "w")]
    kept[0].write("from the text buffer\n")


def own_file():
    """A file class of the program's own is closed by its finaliser."""

    class Own(io.RawIOBase):
        def close(self):
            if not self.closed:
                print("own file closed")
            super().close()

    global kept
    kept = Own()


def own_memory_file():
    """So is one in memory that does more."""

    class Own(io.BytesIO):
        def close(self):
            print("own memory closed")
            super().close()

    global kept
    kept = Own()


def archive():
    """An archive gets its directory."""
    global kept
    kept = zipfile.ZipFile(os.fdopen(os.dup(1), "wb"), "w")
    kept.writestr(zipfile.ZipInfo("name"), "content")


def temporary_folder():
    """Vanishes at exit."""
    atexit.register(lambda: print("still there:", os.path.isdir(kept.name)))
    global kept
    kept = tempfile.TemporaryDirectory()


def temporary_file():
    """Vanishes with the program that made it."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        global kept
        kept = tempfile.NamedTemporaryFile()
        os.write(writing, kept.name.encode())
        return
    name = os.read(reading, 4096)
    os.wait()
    print("still there:", os.path.exists(name))


def open_file_warning():
    """Where warnings are on, Python tells of files left open."""
    warnings.simplefilter("always")
    global kept
    kept = open(os.devnull)


def replaced_output():
    """Text in the program's own stream, and in the one that it replaced."""
    sys.stdout.write("in the first\n")
    sys.stdout = os.fdopen(os.dup(1), "w")
    sys.stdout.write("in the second\n")


def replaced_errors():
    """A stream of the program's own is flushed."""

    class Stream(io.StringIO):
        def flush(self):
            os.write(1, b"flushed\n")

    sys.stderr = Stream()


def audit_hook():
    """Hooks see the interpreter end."""
    sys.addaudithook(lambda event, arguments: os.write(1, event.encode() + b"\n") if event.startswith("cpython") else None)


def at_exit_thread():
    """Too late for a thread, since 3.12."""
    atexit.register(lambda: threading.Thread(target=print, args=("from a thread",)).start())


def at_exit_failing():
    """A function that fails at exit is reported."""
    atexit.register(lambda: 1 / 0)


def daemon_thread():
    """A daemon thread does not keep the program alive."""
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()


def child_left_running():
    """A process that nobody waited for."""
    warnings.simplefilter("always")
    global kept
    kept = subprocess.Popen(["sleep", "0.2"])
    kept.pid = 1  # the warning names it


class Complaint:
    """As `__del__`: fails; its repr is always the same."""

    def __repr__(self):
        return "<Complaint>"

    def __call__(self):
        raise ValueError("in a finaliser")


def unraisable():
    """An exception where nobody can catch it is reported, and the program goes on."""

    class Failing:
        __del__ = Complaint()

    Failing()
    print("goes on")


def excepthook():
    """The program's own report of an exception."""
    sys.excepthook = lambda kind, value, traceback: print("own report:", kind.__name__, value)
    raise ValueError("x")


def excepthook_failing():
    """A report that fails itself: Python shows both exceptions."""

    def hook(kind, value, traceback):
        raise TypeError("in the hook")

    sys.excepthook = hook
    raise ValueError("x")


def fork():
    """A child process has the buffered text too."""
    sys.stdout.write("from both\n")
    child = os.fork()
    if child:
        os.waitpid(child, 0)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
