"""Uses what leans on the C library: each argument names a group of them. Prints what each group found.

`catcher` and `thrower` are modules in C++, of tests/systems/programs/cpp.
"""

import ctypes
import ctypes.util
import locale
import multiprocessing
import os
import pwd
import signal
import socket
import ssl
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor


def outcome(function, *arguments):
    """What a call returns, or its error."""
    try:
        return function(*arguments)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def itself(*arguments):
    """The command that runs this program."""
    return [sys.argv[0], *arguments] if getattr(sys, "frozen", False) else [sys.executable, sys.argv[0], *arguments]


def use_threads():
    local = threading.local()

    def work(number):
        local.number = number
        return sum(range(number)), local.number

    with ThreadPoolExecutor(4) as pool:
        print(list(pool.map(work, range(8))))
    lock = threading.Lock()
    lock.acquire()
    print(lock.acquire(timeout=0.01), threading.get_native_id() == os.getpid())
    before = threading.stack_size(65536)
    thread = threading.Thread(target=print, args=["a small stack"])
    thread.start()
    thread.join()
    threading.stack_size(before)


def use_processes():
    done = subprocess.run(itself("echo", "ä"), capture_output=True, check=False)
    print(done.returncode, done.stdout, done.stderr)
    print(outcome(subprocess.run, ["/no/such/program"]))
    read, write = os.pipe()
    os.register_at_fork(after_in_child=lambda: os.write(write, b"forked"))
    child = os.fork()
    if not child:
        os._exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), os.read(read, 10))
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe()
    process = context.Process(target=sender.send, args=[[1, 2]])
    process.start()
    print(receiver.recv(), process.join(), process.exitcode)


def use_signals():
    seen = []
    signal.signal(signal.SIGUSR1, lambda number, frame: seen.append(number))
    os.kill(os.getpid(), signal.SIGUSR1)
    print(seen == [signal.SIGUSR1])


def use_hosts():
    print(socket.getaddrinfo("localhost", 80, socket.AF_INET, socket.SOCK_STREAM))
    print(outcome(socket.getaddrinfo, "127.0.0.1", "word", 0, 0, 0, socket.AI_NUMERICSERV))
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        client.sendall(b"hello")
        print(server.accept()[0].recv(5))


def use_users():
    root = pwd.getpwnam("root")
    print(root.pw_uid, pwd.getpwuid(0).pw_name, os.path.expanduser("~root") == root.pw_dir)
    print(outcome(pwd.getpwnam, "nosuchuser"))


def use_ctypes():
    program = ctypes.CDLL(None)
    print(program.strlen(b"four"), program.abs(-3), ctypes.pythonapi.Py_IsInitialized())
    print(ctypes.util.find_library("c"), ctypes.util.find_library("m"))
    math = ctypes.CDLL(ctypes.util.find_library("m"))
    math.cos.restype, math.cos.argtypes = ctypes.c_double, [ctypes.c_double]
    print(math.cos(0.5))
    libc = ctypes.CDLL("libc.so.6", use_errno=True)
    compare = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.POINTER(ctypes.c_int)] * 2)(lambda a, b: a[0] - b[0])
    numbers = (ctypes.c_int * 4)(3, 1, 4, 1)
    libc.qsort(numbers, 4, 4, compare)
    print(list(numbers), libc.close(-1), ctypes.get_errno())
    print(hasattr(program, "no_such_function"), ctypes.c_char_p.in_dll(program, "program_invocation_name").value == b"")


def use_locale():
    print(locale.setlocale(locale.LC_ALL, ""), locale.nl_langinfo(locale.CODESET), locale.localeconv()["decimal_point"])
    for name in ("C", "C.UTF-8", "xx_XX.UTF-8"):
        print(outcome(locale.setlocale, locale.LC_ALL, name))
    print(locale.strcoll("a", "b") < 0, "ä".upper(), os.fsencode("ä"))


def use_cplusplus():
    import catcher
    import thrower

    os.environ["THROWER"] = thrower.run()
    print(catcher.run(), flush=True)
    thread = threading.Thread(target=lambda: print(catcher.run(), flush=True))
    thread.start()
    thread.join()


def use_numpy():
    import numpy

    print(numpy.arange(10_000.0).reshape(100, 100).dot(numpy.eye(100)).sum())
    print(outcome(numpy.linalg.inv, numpy.zeros((2, 2))), numpy.fft.fft(numpy.ones(4)))


def use_tls(port, authority):
    context = ssl.create_default_context(cadata=authority)
    with socket.create_connection(("127.0.0.1", int(port))) as connection:
        with context.wrap_socket(connection, server_hostname="127.0.0.1") as wrapped:
            print(wrapped.recv(5), wrapped.version())


def use_file(path):
    try:
        ctypes.CDLL(path)
    except OSError as error:
        print(error)


def use_echo(text):
    print(text)


if __name__ == "__main__":
    globals()[f"use_{sys.argv[1]}"](*sys.argv[2:])
