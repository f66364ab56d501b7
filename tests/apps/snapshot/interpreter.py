"""What the interpreter keeps for a process or a thread; the first argument says what is tried."""

import gc
import json
import sys
import threading
import warnings
import weakref

import keeps


def nested(depth):
    """Lists in lists."""
    value = []
    for _ in range(depth):
        value = [value]
    return value


class Chain:
    """An object whose end ends the next."""

    def __init__(self, rest):
        self.rest = rest


def stack():
    """Recursion in C ends with an exception, in every thread; long chains of objects end without any."""

    def recurse():
        deep = nested(200_000)
        for use in (repr, json.dumps, lambda value: value == nested(200_000)):
            try:
                use(deep)
            except RecursionError as error:
                print(type(error).__name__)
        chain = None
        for _ in range(200_000):
            chain = Chain(chain)
        end = weakref.ref(chain)
        del chain, deep
        print(end() is None, repr(nested(50)))

    recurse()
    other = threading.Thread(target=recurse)
    other.start()
    other.join()


def collections():
    """The collector goes on counting where the imports have left it."""
    before = [each["collections"] for each in gc.get_stats()]
    print(gc.collect() >= 0, [each["collections"] for each in gc.get_stats()][2] == before[2] + 1)
    print(len(before), gc.get_threshold(), gc.isenabled(), len(keeps.GARBAGE))
    gc.freeze()
    gc.unfreeze()
    gc.collect()
    circle = Chain(None)
    circle.rest = circle
    end = weakref.ref(circle)
    del circle
    gc.collect()
    print(end())


def monitoring():
    """A tool that a module registers while it is imported gets events afterwards."""
    keeps.watched()
    print(keeps.CALLS)
    if keeps.TOOL is not None:
        print(sys.monitoring.get_tool(keeps.TOOL), sys.monitoring.get_local_events(keeps.TOOL, keeps.watched.__code__))
        sys.monitoring.free_tool_id(keeps.TOOL)
    calls = []
    sys.setprofile(lambda frame, event, argument: calls.append(event))
    keeps.watched()
    sys.setprofile(None)
    print(calls[:2])


def others():
    """Other interpreters are as new."""
    try:
        from concurrent import interpreters
    except ImportError:
        print("none before 3.14")
        return
    other = interpreters.create()
    queue = interpreters.create_queue()
    other.prepare_main(queue=queue)
    other.exec("import sys\nqueue.put((sum(range(10)), sys.getrecursionlimit(), repr([[[]]])))")
    print(queue.get(), len(interpreters.list_all()))
    print(other.call(len, (1, 2)))
    other.close()


def contexts():
    """Warnings are caught, in threads too; these have contexts of their own or not, as the version has it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        other = threading.Thread(target=warnings.warn, args=("in a thread",))
        other.start()
        other.join()
        warnings.warn("here", stacklevel=1)
    print([str(each.message) for each in caught])
    flags = ("context_aware_warnings", "thread_inherit_context", "lazy_imports")
    print([getattr(sys.flags, name, None) for name in flags])


def state():
    """Switches of the interpreter are what they are in Python."""
    jit = getattr(sys, "_jit", None)
    print(jit and (jit.is_available(), jit.is_enabled()), sys.is_stack_trampoline_active() if hasattr(sys, "is_stack_trampoline_active") else None)
    print(getattr(sys, "is_remote_debug_enabled", lambda: None)(), getattr(sys, "_is_gil_enabled", lambda: None)())
    print(sys.gettrace(), sys.getprofile(), sys.getswitchinterval(), sys.getrecursionlimit(), sys.get_int_max_str_digits())
    print(sys.get_asyncgen_hooks().firstiter, sys.getallocatedblocks() > 0, sys.thread_info.name)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
