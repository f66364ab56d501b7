"""A program whose imports are recorded: callbacks of ctypes, locks, OpenSSL, SQLite, compiled patterns, random numbers."""

import asyncio
import bz2
import ctypes
import decimal
import hashlib
import lzma
import random
import re
import sqlite3
import ssl
import threading

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda value: value * 2)
LOCAL = threading.local()
LOCK = threading.RLock()
PATTERN = re.compile(r"(\w+)-(\d+)")
CONTEXT = decimal.getcontext().copy()


def main() -> None:
    found = []
    threading.stack_size(131072)
    threads = [threading.Thread(target=lambda number=number: found.append(number)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(found), threading.main_thread() is threading.current_thread())
    print(threading.main_thread().ident == threading.get_ident())
    with LOCK:
        LOCAL.value = CALLBACK(21)
    print(LOCAL.value, PATTERN.findall("ab-12"), CONTEXT.prec)
    print(sqlite3.connect(":memory:").execute("select 1 + 1").fetchone(), len(ssl.RAND_bytes(4)))
    print(hashlib.sha256(b"x").hexdigest(), decimal.Decimal(1) / 3, len({random.random() for _ in range(5)}))
    print(
        asyncio.run(asyncio.sleep(0, "slept")), lzma.decompress(lzma.compress(b"l")), bz2.decompress(bz2.compress(b"b"))
    )
    try:
        int("x")
    except ValueError as error:
        print(repr(error))


if __name__ == "__main__":
    main()
