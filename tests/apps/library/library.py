"""What leans on libpython itself: its C API by name, its own start, modules that are built into it, threads."""

import ctypes
import decimal
import hashlib
import os
import sqlite3
import ssl
import subprocess
import sys
import sysconfig
import threading
import traceback
import zlib
from xml.parsers import expat


def by_name():
    """Functions and objects of the C API, found in the process."""
    api = ctypes.pythonapi
    api.PyUnicode_FromString.restype = ctypes.py_object
    print(api.PyUnicode_FromString(b"made in C"))
    own = ctypes.CDLL(None)
    print(ctypes.c_int.in_dll(own, "Py_OptimizeFlag").value, api.Py_IsInitialized())
    print(ctypes.cast(api.PyLong_FromLong, ctypes.c_void_p).value == ctypes.cast(own.PyLong_FromLong, ctypes.c_void_p).value)
    print(hasattr(own, "Py_NoSuchFunction"))


def called_back():
    """C of libpython that calls Python, which raises."""
    compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
    numbers = (ctypes.c_int * 5)(3, 1, 5, 2, 4)
    ctypes.CDLL(None).qsort(numbers, 5, ctypes.sizeof(ctypes.c_int), compare(lambda a, b: a[0] - b[0]))
    print(list(numbers))
    try:
        sorted([3, "one"])
    except TypeError:
        traceback.print_exc(file=sys.stdout)


def in_threads():
    """Each thread has a state of its own in libpython's thread-local storage."""
    results = {}

    def work(number):
        results[number] = decimal.Decimal(number) ** 40, hashlib.sha256(b"%d" % number).hexdigest()[:8]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sorted(results.items()))


def built_in():
    """Modules that are part of some libpythons and files of others, with the libraries that they bring."""
    print(zlib.decompress(zlib.compress(b"some text")), zlib.crc32(b"some text"))
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: print(name, attributes)
    parser.Parse("<a b='c'><d/></a>", True)
    try:
        expat.ParserCreate().Parse("<a>", True)
    except expat.ExpatError as error:
        print(error)
    with sqlite3.connect(":memory:") as connection:
        print(connection.execute("select upper('text'), 6 * 7").fetchall())
    print(ssl.create_default_context().verify_mode)


def paths():
    """Where things appear to be."""
    print(sys.path, sys.prefix == sys.base_prefix == sys.exec_prefix, sys.flags)
    print(sysconfig.get_path("stdlib").removeprefix(sys.prefix), os.path.exists(os.__file__ + "x"))
    print(subprocess.run(["sh", "-c", "echo $LD_LIBRARY_PATH"], capture_output=True, check=True).stdout)


if __name__ == "__main__":
    for function in (by_name, called_back, in_threads, built_in):
        function()
    if "paths" in sys.argv:
        paths()
    if "crash" in sys.argv:
        ctypes.string_at(0)
    if "leave" in sys.argv:
        sys.exit("left")
