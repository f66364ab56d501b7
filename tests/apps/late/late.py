"""Does what its argument says, then imports compiled modules: `late.py CASE`."""

import os
import sys


def nothing():
    pass


def closed():
    """As a daemon does."""
    os.closerange(3, 256)


def reused():
    os.closerange(3, 256)
    for _ in range(8):
        os.open("/etc/passwd", os.O_RDONLY)


def renumbered():
    import math

    print(math.floor(1.5))
    for number in range(3, 10):
        os.dup2(0, number)


def descriptors():
    import math

    print(math.floor(1.5), sorted(os.listdir("/proc/self/fd")))


def waiting():
    import _sqlite3

    print("waiting", flush=True)
    assert _sqlite3
    sys.stdin.readline()


def rooted():
    os.chroot(sys.argv[2])
    os.chdir("/")


if __name__ == "__main__":
    globals()[sys.argv[1]]()
    import decimal
    import sqlite3

    print(decimal.Decimal("0.1") + 1, sqlite3.connect(":memory:").execute("select 1").fetchone())
    if sys.argv[1] == "descriptors":
        print(sorted(os.listdir("/proc/self/fd")))
