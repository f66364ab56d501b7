"""What this program does with what it has imported; the first argument says which of it."""

import argparse
import asyncio
import collections
import concurrent.futures
import contextlib
import dataclasses
import datetime
import decimal
import functools
import gc
import hashlib
import json
import logging
import multiprocessing
import os
import pathlib
import random
import re
import secrets
import signal
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import weakref
import zlib


@dataclasses.dataclass
class Point:
    """A class of the program's own."""

    x: int
    y: int = 0


class Ending:
    """An object whose end can be seen."""

    def __del__(self):
        print("the end of an object")


def square(number):
    """For processes of a pool."""
    return number * number


def facts():
    """What belongs to the process."""
    print(sys.argv[1:], sys.argv == sys.orig_argv[-len(sys.argv) :], os.path.exists(sys.executable))
    print(sorted(name for name in os.environ if not name.startswith(("BUNDLE", "PYTHON", "_"))), dict(os.environ) == {**os.environ})
    print(sys.stdin.encoding, sys.stdout.errors, sys.stdout.line_buffering, sys.stdout.write_through, sys.stderr.errors)
    print([stream.name for stream in (sys.stdin, sys.stdout, sys.stderr)], [stream.mode for stream in (sys.stdin, sys.stdout)])
    print(sys.stdin.buffer.__sizeof__(), sys.stdout.buffer.__sizeof__(), sys.stderr.buffer.__sizeof__())
    print(type(sys.stdout.buffer).__name__, type(sys.stdin.buffer).__name__, "faulthandler" in sys.modules)
    print(sys.flags.utf8_mode, os.getcwd() == str(pathlib.Path.cwd()), time.tzname, time.timezone)
    print(signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGHUP), signal.getsignal(signal.SIGPIPE))
    record = logging.LogRecord("a", 1, "b", 1, "c", (), None)
    print(0 <= record.relativeCreated < 60000, abs(time.time() - record.created) < 60, os.getpid() == record.process)


def threads():
    """Threads, locks and pools of threads."""
    print(threading.main_thread() is threading.current_thread(), threading.main_thread().ident == threading.get_ident())
    print(threading.active_count(), threading.main_thread().native_id == threading.get_native_id())
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        print(list(pool.map(square, range(5))))
    event = threading.Event()
    other = threading.Thread(target=event.set, name="other")
    other.start()
    print(event.wait(60))
    other.join()
    print(asyncio.run(asyncio.sleep(0, "slept")))


def processes():
    """Child processes of all kinds."""
    print(subprocess.run(["echo", "child"], capture_output=True, text=True, check=True).stdout)
    os.environ["ADDED"] = "here"
    print(subprocess.run('echo "$ADDED"', shell=True, capture_output=True, text=True, check=True).stdout)
    # Before the pools: a thread that was joined can be there a moment longer, and Python warns of a fork beside one.
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        print("in the child", random.random() >= 0)
        sys.stdout.flush()
        os._exit(3)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(2) as pool:
            print(pool.map(square, range(4)))


def memory():
    """Garbage, weak references, reference counts, memory that is given back."""
    print(gc.isenabled(), gc.get_threshold()[1:], len(gc.get_objects()) > 1000)
    print(gc.collect() >= 0, any(each is argparse for each in gc.get_referrers(argparse.ArgumentParser.__dict__["parse_args"])))
    point = Point(1)
    reference = weakref.ref(point)
    del point
    print(reference(), sys.getrefcount(object()) < 5)
    for name in [name for name in sys.modules if name.startswith("email")]:
        del sys.modules[name]
    gc.collect()
    words = {str(number): [number] for number in range(20000)}
    del words
    print(json.loads(json.dumps({"a": [1, 2.5, None]})), re.sub("a+", "b", "caat"), zlib.crc32(b"text"))
    print(decimal.Decimal("1.10") + 1, collections.Counter("hello").most_common(1), functools.reduce(max, [1, 3, 2]))
    print(hashlib.sha256(b"x").hexdigest()[:8], sqlite3.connect(":memory:").execute("select 1 + 1").fetchone())
    print(datetime.date(2024, 2, 29).isoformat(), contextlib.suppress(ValueError) is not None)


def chance():
    """What must not be the same twice."""
    print(random.random(), random.getrandbits(64), uuid.uuid4(), secrets.token_hex(8), os.urandom(4).hex())
    print(ssl.RAND_bytes(8).hex(), tempfile.mktemp(), multiprocessing.current_process().authkey.hex())


def ends():
    """An object, a file and a function are left for the end."""
    globals()["kept"] = Ending()
    import atexit

    atexit.register(print, "at exit")
    sys.stdout.write("no newline")


def fails():
    """An exception that nobody catches."""
    raise LookupError("nothing there")


def interrupted():
    """Ends as by Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def dumps():
    """Says where a function lies, and ends with a dump of its memory."""
    print(hex(id(square)), flush=True)
    os.abort()


if __name__ == "__main__":
    globals()[sys.argv[1] if len(sys.argv) > 1 else "facts"]()
