"""Uses the parts of the standard library that lean on the C library and the kernel: each argument names a group of them.

Prints what each group found; an error that a group does not expect is printed as its result.
"""

import asyncio
import bz2
import concurrent.futures
import contextlib
import ctypes
import datetime
import decimal
import errno
import fcntl
import grp
import hashlib
import locale
import lzma
import math
import mmap
import multiprocessing
import os
import pty
import pwd
import queue
import random
import resource
import select
import selectors
import shutil
import signal
import socket
import sqlite3
import ssl
import stat
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import zlib
from multiprocessing import shared_memory

VALUES = (0.1, 0.5, 1.7, 12.25)


def outcome(function, *arguments, **options):
    """What a call returns, or its error; an operating system's error by its number, whose text another one may word."""
    try:
        return function(*arguments, **options)
    except OSError as error:
        return f"{type(error).__name__} {errno.errorcode.get(error.errno, error.errno)}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def use_math_errors():
    """Functions that set errno, or whose older versions do (exp, log, pow, fmod, hypot have versions of 2.29 to 2.38)."""
    for name, arguments in (
        *(("exp", (x,)) for x in (1000.0, -1000.0, math.inf, math.nan)),
        *((name, (x,)) for name in ("log", "log2", "log10", "log1p") for x in (0.0, -1.0, math.inf)),
        *(("pow", pair) for pair in ((0.0, -1.0), (-1.0, 0.5), (1e300, 2.0), (0.0, 0.0), (-8.0, 3.0), (math.inf, 0.5))),
        *(("fmod", pair) for pair in ((1.0, 0.0), (math.inf, 1.0), (5.5, -2.0), (1e308, 3.0))),
        *(("hypot", pair) for pair in ((1e308, 1e308), (3.0, 4.0), (math.inf, math.nan))),
        *((name, (x,)) for name in ("sqrt", "gamma", "lgamma", "acos", "atanh") for x in (-1.0, 0.0, 1.0, 2.0)),
        *((name, (x,)) for name in ("cosh", "sinh", "expm1") for x in (1000.0, -1000.0)),
        ("gamma", (171.7,)),
        ("ldexp", (1.0, 5000)),
        ("remainder", (1.0, 0.0)),
        ("nextafter", (0.0, 1.0)),
    ):
        print(name, arguments, outcome(getattr(math, name), *arguments))
    for left, right in ((0.0, -1), (1e300, 2), (-1.0, 0.5)):
        print(left, right, outcome(pow, left, right), outcome(lambda a, b: a % b, right, left))


def use_math_values():
    """Values of functions that have several versions, and of those whose code the C library chooses by processor."""
    for name in (
        "exp",
        "log",
        "log2",
        "log10",
        "log1p",
        "expm1",
        "sin",
        "cos",
        "tan",
        "atan",
        "sinh",
        "tanh",
        "gamma",
        "erf",
    ):
        print(name, [f"{getattr(math, name)(x):.13g}" for x in VALUES])
    print(
        [f"{x**y:.13g}" for x in VALUES for y in VALUES], [f"{math.hypot(x, y):.13g}" for x in VALUES for y in VALUES]
    )
    print(5.5 % 2, -5.5 % 2, 1e308 % 3, float("1e-320"), "%.17g" % 0.1, struct.pack("d", 1.5))
    print(sum(random.Random(1).random() for _ in range(9)), decimal.Decimal(2).sqrt())


def use_stat():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file")
        with open(path, "w") as file:
            file.write("x" * 10)
        os.chmod(path, 0o640)
        os.symlink(path, path + "-link")
        os.mkfifo(path + "-pipe", 0o600)
        with_folder = os.open(folder, os.O_RDONLY)
        print(
            os.stat(path).st_size,
            oct(os.stat(path).st_mode),
            os.stat(path).st_mtime_ns > 10**18,
            os.stat(path).st_nlink,
        )
        print(stat.S_ISLNK(os.lstat(path + "-link").st_mode), os.readlink(path + "-link") == path)
        print(stat.S_ISFIFO(os.stat("file-pipe", dir_fd=with_folder).st_mode), os.fstat(with_folder).st_nlink > 0)
        print(
            outcome(os.stat, path + "-none"), outcome(os.lstat, "file-none", dir_fd=with_folder), outcome(os.fstat, 999)
        )
        print(outcome(os.mknod, path + "-regular", 0o600 | stat.S_IFREG), oct(os.stat(path + "-regular").st_mode))
        print(outcome(os.mknod, "file-regular", 0o600 | stat.S_IFREG, dir_fd=with_folder), outcome(os.mkdir, folder))
        os.utime(path, ns=(10**9, 2 * 10**9 + 1))
        print(os.stat(path).st_mtime_ns, os.stat(path).st_atime, os.path.samefile(path, path + "-link"))
        print(
            sorted(entry.name for entry in os.scandir(folder)),
            [entry.is_file() for entry in os.scandir(with_folder)].count(True),
        )
        print(
            os.access(path, os.R_OK),
            outcome(os.rename, path, path + "/x"),
            os.path.realpath(path + "-link") == os.path.realpath(path),
        )
        print(
            sorted(
                shutil.copytree(folder, folder + "-copy", ignore=lambda *_: ["file-pipe"])
                and os.listdir(folder + "-copy")
            )
        )
        shutil.rmtree(folder + "-copy")
        os.close(with_folder)
        print(os.statvfs(folder).f_namemax, shutil.disk_usage(folder).total > 0)


def use_descriptors():
    with tempfile.TemporaryFile() as one, tempfile.TemporaryFile() as other:
        one.write(b"hello world")
        one.flush()
        print(
            os.pread(one.fileno(), 20, 6),
            os.pwrite(one.fileno(), b"H", 0),
            os.sendfile(other.fileno(), one.fileno(), 0, 11),
        )
        into = bytearray(5)
        print(
            os.preadv(other.fileno(), [into], 6),
            into,
            os.pwritev(other.fileno(), [b"ab", b"c"], 0),
            os.fstat(other.fileno()).st_size,
        )
        print(
            outcome(os.preadv, 999, [into], 0),
            outcome(os.posix_fallocate, other.fileno(), 0, 100),
            os.ftruncate(other.fileno(), 5),
        )
        print(
            fcntl.fcntl(one, fcntl.F_GETFD),
            fcntl.flock(one, fcntl.LOCK_EX | fcntl.LOCK_NB),
            fcntl.lockf(one, fcntl.LOCK_EX),
        )
        copy = fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 50)
        print(copy >= 50, os.get_inheritable(copy), os.set_inheritable(copy, True), os.get_inheritable(copy))
        os.closerange(copy, copy + 5)
        print(outcome(os.fstat, copy), outcome(os.lseek, one.fileno(), 0, os.SEEK_DATA))
    read, write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    print(outcome(os.read, read, 1), os.write(write, b"x"), os.read(read, 1), os.get_blocking(read))
    poll = select.epoll()
    poll.register(read, select.EPOLLIN)
    print(poll.poll(0.01), os.write(write, b"y"), [event for _, event in poll.poll(0.01)])
    poll.close()
    for descriptor in (read, write):
        os.close(descriptor)
    with mmap.mmap(-1, 8192) as memory:
        memory[:3] = b"abc"
        print(
            memory[:3], memory.find(b"c"), memory.resize(16384) if hasattr(mmap, "MAP_PRIVATE") else None, len(memory)
        )


def use_newer_calls():
    """Functions of Python for calls that came after Linux 3.10 and glibc 2.17."""
    print(len(os.urandom(8)), outcome(lambda: len(os.getrandom(16))), outcome(os.getrandom, -1))
    memory = outcome(os.memfd_create, "memory")
    with tempfile.TemporaryFile() as one, tempfile.TemporaryFile() as other:
        one.write(b"hello world")
        one.flush()
        print(type(memory).__name__, outcome(os.copy_file_range, one.fileno(), other.fileno(), 5, offset_src=0))
        print(outcome(os.preadv, one.fileno(), [bytearray(5)], 0, os.RWF_HIPRI))
        print(outcome(os.pwritev, one.fileno(), [b"abc"], 0, os.RWF_DSYNC))
    if isinstance(memory, int):
        print(os.write(memory, b"abc"), os.pread(memory, 3, 0))
        os.close(memory)
    process = outcome(os.pidfd_open, os.getpid())
    print(
        type(process).__name__, process if isinstance(process, str) else outcome(signal.pidfd_send_signal, process, 0)
    )
    if hasattr(os, "setns"):
        print(outcome(os.setns, 999, 0), outcome(os.unshare, 1 << 40))
    if hasattr(os, "eventfd"):
        event = os.eventfd(3)
        print(os.eventfd_read(event), os.close(event))
    if hasattr(os, "login_tty"):
        print(outcome(os.login_tty, 999))


def use_process():
    limit = resource.getrlimit(resource.RLIMIT_CORE)
    print(
        os.sysconf("SC_PAGESIZE"),
        os.cpu_count() > 0,
        os.sched_getaffinity(0) != set(),
        len(os.getloadavg()),
        len(limit),
    )
    print(os.getpid() == os.getpgrp() or os.getppid() > 0, os.umask(0o22) >= 0, os.getcwd() == os.path.realpath("."))
    os.environ["BUNDLER_TEST"] = "ä"
    print(os.environb[b"BUNDLER_TEST"], os.getenv("BUNDLER_NONE"), os.uname().sysname, os.times().user >= 0)
    print(os.waitstatus_to_exitcode(os.system("exit 3")), outcome(os.kill, 2**22 + 1, 0), outcome(os.wait))
    child = os.fork()
    if child == 0:
        os._exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    print(os.strerror(2), os.strerror(9999), signal.strsignal(15), errno.errorcode[38])
    print(
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0,
        os.getpriority(os.PRIO_PROCESS, 0) >= 0,
        os.sched_yield(),
    )


def use_posix_spawn():
    for spawn, program in ((os.posix_spawn, "/bin/sh"), (os.posix_spawnp, "sh")):
        read, write = os.pipe()
        actions = [
            (os.POSIX_SPAWN_DUP2, write, 1),
            (os.POSIX_SPAWN_CLOSE, read),
            (os.POSIX_SPAWN_OPEN, 5, "/dev/null", os.O_RDONLY, 0),
        ]
        child = spawn(
            program,
            ["sh", "-c", "echo spawned; exit 4"],
            os.environ,
            file_actions=actions,
            setsigmask=[],
            setsigdef=[signal.SIGPIPE],
        )
        os.close(write)
        print(os.read(read, 100), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        os.close(read)
    print(
        outcome(os.posix_spawn, "/nowhere", ["x"], {}),
        outcome(os.posix_spawn, "/bin/sh", ["sh", "-c", "exit"], {}, setsid=True) != 0,
    )
    # What subprocess calls for everything that it starts with posix_spawn.
    if hasattr(os, "POSIX_SPAWN_CLOSEFROM"):
        os.dup2(0, 60)
        child = os.posix_spawn(
            "/bin/sh", ["sh", "-c", "[ -e /proc/self/fd/60 ]"], os.environ, file_actions=[(os.POSIX_SPAWN_CLOSEFROM, 3)]
        )
        print("closed from", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        os.close(60)
    else:
        print("closed from 1")


def use_subprocess():
    print(subprocess.run(["/bin/sh", "-c", "echo a; exit 3"], capture_output=True, check=False))
    print(subprocess.run("echo b >&2", shell=True, capture_output=True, text=True, check=False))
    print(subprocess.run(["/bin/cat"], input=b"xyz", capture_output=True, close_fds=False, check=False).stdout)
    print(subprocess.run(["/bin/cat"], stdin=subprocess.DEVNULL, preexec_fn=lambda: None, check=False).returncode)
    process = subprocess.Popen(["/bin/sleep", "5"], start_new_session=True, pass_fds=(2,))
    process.send_signal(signal.SIGTERM)
    print(process.wait(), outcome(subprocess.run, ["/nowhere"]), outcome(subprocess.run, ["/bin/sh"], cwd="/nowhere"))
    read, write = os.pipe()
    os.set_inheritable(write, True)
    print(
        subprocess.run(["/bin/sh", "-c", f"[ -e /proc/self/fd/{write} ]"], check=False).returncode,
        subprocess.run(["/bin/sh", "-c", f"[ -e /proc/self/fd/{write} ]"], close_fds=False, check=False).returncode,
    )
    os.close(read), os.close(write)
    try:
        subprocess.run(["/bin/sleep", "3"], timeout=0.1, check=False)
    except subprocess.TimeoutExpired as error:
        print(error.cmd, error.output)
    print(
        subprocess.check_output(["sh", "-c", "echo $X"], env={"X": "y", "PATH": os.environ["PATH"]}),
        os.popen("echo popen").read(),
    )


def use_threads():
    lock = threading.Lock()
    lock.acquire()
    begun = time.monotonic()
    print(lock.acquire(timeout=0.2), 0.15 < time.monotonic() - begun < 5)
    found = []
    threads = [threading.Thread(target=found.append, args=[index]) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(found))
    threading.stack_size(256 * 1024)
    event = threading.Event()
    thread = threading.Thread(target=event.set)
    thread.start()
    print(event.wait(5), thread.join(), threading.stack_size(0))
    barrier = threading.Barrier(3)
    threads = [threading.Thread(target=barrier.wait) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(
        threading.get_native_id() == os.getpid(),
        time.clock_gettime(time.pthread_getcpuclockid(threading.get_ident())) > 0,
    )
    condition = threading.Condition()
    with condition:
        print(condition.wait(0.05))
    waiting = queue.SimpleQueue()
    with contextlib.suppress(queue.Empty):
        waiting.get(timeout=0.05)
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        print(list(pool.map(abs, range(-5, 0))))
    local = threading.local()
    local.value = 5
    print(local.value, threading.active_count(), outcome(threading.stack_size, 5))


def use_signals():
    seen = []
    signal.signal(signal.SIGUSR1, lambda number, _: seen.append(number))
    signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
    signal.raise_signal(signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGUSR1)
    time.sleep(0.05)
    print(seen, sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])))
    os.kill(os.getpid(), signal.SIGUSR2)
    print(signal.sigpending(), signal.sigwait([signal.SIGUSR2]), signal.sigtimedwait([signal.SIGUSR2], 0.01))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR2])
    signal.signal(signal.SIGALRM, lambda *_: seen.append("alarm"))
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    time.sleep(0.1)
    print(
        seen,
        signal.getitimer(signal.ITIMER_REAL),
        sorted(signal.valid_signals())[:3],
        signal.siginterrupt(signal.SIGUSR1, False),
    )


def square(number):
    return number * number


def work(results, semaphore, event):
    with semaphore:
        results.put(os.getpid() != os.getppid())
    event.set()


def use_multiprocessing():
    for method in ("fork", "spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        results, semaphore, event = context.Queue(), context.Semaphore(1), context.Event()
        process = context.Process(target=work, args=(results, semaphore, event))
        process.start()
        print(method, results.get(timeout=60), event.wait(60), process.join(), process.exitcode)
        with context.Pool(2) as pool:
            print(pool.map(square, range(4)))
        with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as pool:
            print(pool.submit(square, 5).result())


def use_shared_memory():
    memory = shared_memory.SharedMemory(create=True, size=100)
    memory.buf[:2] = b"ab"
    again = shared_memory.SharedMemory(memory.name)
    print(bytes(again.buf[:2]), again.close(), memory.close(), memory.unlink())
    print(
        outcome(shared_memory.SharedMemory, "bundler-none"),
        outcome(shared_memory.SharedMemory, "a/b", create=True, size=1),
    )
    semaphore = multiprocessing.Semaphore(0)
    print(
        semaphore.acquire(timeout=0.1),
        semaphore.release(),
        semaphore.acquire(timeout=0.1),
        multiprocessing.Lock().acquire(timeout=0.1),
    )
    print(multiprocessing.Value("i", 5).value, list(multiprocessing.Array("d", [1, 2])))


def use_asyncio():
    async def serve(_, writer):
        writer.write(b"served")
        writer.close()

    async def main():
        process = await asyncio.create_subprocess_exec("/bin/sh", "-c", "echo hi", stdout=asyncio.subprocess.PIPE)
        print((await process.communicate())[0], process.returncode)
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, _ = await asyncio.open_connection(*server.sockets[0].getsockname())
        print(await reader.read(), await asyncio.to_thread(square, 5))
        server.close()
        print(await asyncio.gather(*(asyncio.sleep(0.01, index) for index in range(3))))
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(5)
        except TimeoutError as error:
            print(type(error).__name__)

    asyncio.run(main())


def use_sockets():
    print(
        socket.inet_pton(socket.AF_INET6, "::1"),
        socket.inet_ntoa(b"\x7f\0\0\1"),
        outcome(socket.inet_aton, "x"),
        socket.htons(1),
    )
    one, other = socket.socketpair()
    one.sendmsg([b"ab", b"c"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", 0))])
    data, ancillary, _, _ = other.recvmsg(10, 100)
    print(data, len(ancillary), len(socket.if_nameindex()) > 0, socket.if_indextoname(socket.if_nametoindex("lo")))
    other.settimeout(0.01)
    print(outcome(other.recv, 1), one.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE))
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        accepted, _ = server.accept()
        accepted.sendall(b"hello")
        accepted.close()
        print(client.recv(10), client.getpeername() == server.getsockname())
    with selectors.DefaultSelector() as selector:
        selector.register(one, selectors.EVENT_READ)
        other.send(b"x")
        print(len(selector.select(1)), type(selector).__name__)
    one.close()
    other.close()


def use_name_service():
    print(
        pwd.getpwuid(0).pw_name,
        pwd.getpwnam("root").pw_uid,
        grp.getgrgid(0).gr_name,
        outcome(pwd.getpwnam, "nobody-at-all"),
    )
    print(os.path.expanduser("~root"), len(pwd.getpwall()) > 0, len(grp.getgrall()) > 0, os.getgrouplist("root", 0))
    print(socket.getaddrinfo("localhost", 80, socket.AF_INET, socket.SOCK_STREAM), socket.gethostbyname("127.0.0.1"))
    print(
        socket.getaddrinfo("::1", "80", type=socket.SOCK_STREAM)[0][4],
        socket.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV),
    )
    print(
        outcome(socket.getaddrinfo, "host.invalid", "no such service"),
        socket.getprotobyname("tcp") if os.path.exists("/etc/protocols") else 6,
    )


def use_ctypes():
    for library in (ctypes.CDLL(None, use_errno=True), ctypes.CDLL("libc.so.6", use_errno=True)):
        numbers = (ctypes.c_int * 5)(3, 1, 2, 5, 4)
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
        library.qsort(numbers, 5, 4, kind(lambda left, right: left[0] - right[0]))
        print(
            list(numbers),
            library.abs(-3),
            library.close(-1),
            ctypes.get_errno(),
            outcome(getattr, library, "no_such_name")[:14],
        )
    mathematics = ctypes.CDLL("libm.so.6")
    mathematics.pow.restype = ctypes.c_double
    mathematics.pow.argtypes = [ctypes.c_double] * 2
    print(mathematics.pow(2, 10), outcome(ctypes.CDLL, "libnowhere.so"))


def use_terminals():
    child, descriptor = pty.fork()
    if child == 0:
        os.write(1, b"from the child")
        os._exit(os.isatty(0))
    print(os.read(descriptor, 100), os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    os.close(descriptor)
    outer, inner = os.openpty()
    print(os.isatty(inner), os.ttyname(inner).startswith("/dev/pts"), os.ttyname(outer) if os.isatty(0) else "")
    attributes = termios.tcgetattr(inner)
    attributes[4] = attributes[5] = termios.B19200
    termios.tcsetattr(inner, termios.TCSANOW, attributes)
    print(termios.tcgetattr(inner)[4:6] == [termios.B19200] * 2, outcome(termios.tcsetattr, 999, 0, attributes)[:8])
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 20, 0, 0))
    print(os.get_terminal_size(inner), os.tcgetpgrp(inner) if os.isatty(0) else 0)
    os.close(outer), os.close(inner)


def use_time():
    print(
        time.strftime("%Y %B %j %a %H", (2020, 2, 3, 4, 5, 6, 0, 34, 0)),
        time.gmtime(0)[:6],
        outcome(time.clock_gettime, 9999),
    )
    print(
        time.clock_getres(time.CLOCK_MONOTONIC) > 0,
        time.clock_gettime_ns(time.CLOCK_BOOTTIME) > 0,
        time.get_clock_info("monotonic").monotonic,
    )
    print(
        datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc).timestamp(),
        datetime.datetime.fromtimestamp(0, datetime.timezone.utc),
    )
    os.environ["TZ"] = "XXX-3YYY,M3.5.0,M10.5.0"
    time.tzset()
    print(
        time.tzname,
        time.timezone,
        time.localtime(1.6e9)[:6],
        time.mktime((2024, 7, 1, 0, 0, 0, 0, 0, -1)),
        outcome(time.localtime, 1e300),
    )
    print(time.strptime("3 Feb 2020", "%d %b %Y")[:3], f"{datetime.date(2024, 5, 6):%G-%V %A}")


def use_text():
    print(
        locale.setlocale(locale.LC_ALL, "C"),
        locale.strxfrm("a"),
        locale.strcoll("a", "b") < 0,
        locale.localeconv()["decimal_point"],
    )
    print(
        outcome(locale.setlocale, locale.LC_ALL, "xx_YY"),
        sys.getfilesystemencoding(),
        sys.stdout.encoding,
        locale.getencoding(),
    )
    print(os.fsencode("ä\udcff"), "ä€".encode("utf-16-le"), b"\xff".decode("latin-1"), "ß".upper())


def use_libraries():
    print(
        lzma.decompress(lzma.compress(b"x" * 99)),
        bz2.decompress(bz2.compress(b"y")),
        zlib.crc32(b"x"),
        zlib.decompress(zlib.compress(b"z")),
    )
    print([hashlib.new(name, b"x").hexdigest()[:8] for name in ("md5", "sha1", "sha256", "sha3_256", "blake2b")])
    print(
        hashlib.scrypt(b"a", salt=b"b", n=16, r=8, p=1).hex()[:8],
        ssl.create_default_context().verify_mode,
        len(ssl.RAND_bytes(3)),
    )
    print(sqlite3.connect(":memory:").execute("select sin(1.0) > 0.8, upper('x'), julianday('2020-01-01')").fetchone())
    with tempfile.TemporaryDirectory() as folder, sqlite3.connect(os.path.join(folder, "data")) as connection:
        print(
            connection.execute("pragma journal_mode=wal").fetchone(),
            connection.execute("create table t (a)").fetchall(),
        )


if __name__ == "__main__":
    uses = {name.removeprefix("use_"): use for name, use in globals().items() if name.startswith("use_")}
    for argument in sys.argv[1:] or uses:
        print(f"--- {argument}", flush=True)
        print(outcome(uses[argument]), flush=True)
