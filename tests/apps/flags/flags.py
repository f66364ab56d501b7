"""What a program finds out about its interpreter: `flags.py CASE` runs the function of that name."""

import os
import sys
import warnings


def flags():
    """The flags, one on a line."""
    for name in sorted(name for name in dir(sys.flags) if not name.startswith(("_", "n_", "count", "index"))):
        print(name, getattr(sys.flags, name))


def options():
    print(sys.warnoptions, sys._xoptions, sys.hash_info.algorithm)


def hashes():
    """The order of a set of strings depends on the hash seed."""
    print(set("alpha beta gamma delta epsilon zeta eta theta".split()))
    from lately import names

    print(names())
    print(hash("text"), hash(b"bytes"))


def warn():
    """Warnings of all kinds: some are shown by default, in the main program more than in modules."""
    warnings.warn("of the user")
    warnings.warn("deprecated", DeprecationWarning)
    warnings.warn("pending", PendingDeprecationWarning)
    warnings.warn("a resource", ResourceWarning)
    warnings.warn("an import", ImportWarning)
    warnings.warn("bytes", BytesWarning)
    for _ in range(3):
        warnings.warn("only once")
    warnings.warn_explicit("from elsewhere", UserWarning, "elsewhere.py", 7)
    print("done", file=sys.stderr)


def warn_in_module():
    """A module's deprecation is not shown, unless the caller is the main program."""
    from lately import deprecated, deprecated_for_caller

    deprecated()
    deprecated_for_caller()


def warn_unclosed():
    """Found by the garbage collector; shown only when asked for."""
    open(os.devnull)


def warn_syntax():
    """A warning of the compiler about source made at run time."""
    exec(compile("print(1 is 1)", "<made>", "exec"))


def error():
    """A warning that is turned into an error by the environment."""
    warnings.warn("of the user")
    print("not reached with PYTHONWARNINGS=error")


def path():
    """No entry of the environment's PYTHONPATH is on the search path."""
    print([entry for entry in sys.path if "elsewhere" in entry])
    try:
        import planted
    except ImportError as error:
        print(error)
    print(sys.prefix == sys.base_prefix, os.environ.get("PYTHONPATH"), os.environ.get("PYTHONHOME"))


def trace():
    """Where memory was allocated, if PYTHONTRACEMALLOC asks for it."""
    import tracemalloc

    print(tracemalloc.is_tracing(), tracemalloc.get_traceback_limit())


def fault():
    """A crash, reported if PYTHONFAULTHANDLER asks for it."""
    import faulthandler

    print(faulthandler.is_enabled(), flush=True)
    os.kill(os.getpid(), 11)


def identity():
    """What every Python program may rely on."""
    print(__name__, __doc__ is not None, __package__, __spec__, type(__builtins__).__name__)
    print(sorted(name for name in globals() if name.startswith("__") and name != "__annotations__"))
    print(sys.argv[1:], sys.version, sys.version_info, sys.implementation.name, sys.platform, sys.byteorder)
    print(sys.getrecursionlimit(), sys.getswitchinterval(), sys.maxsize, sys.float_info.max, sys.api_version)
    print(sys.stdlib_module_names >= {"os"}, "sys" in sys.builtin_module_names, sys.copyright)
    print(sys.modules["__main__"].__dict__ is globals(), sys.ps1 if hasattr(sys, "ps1") else "no prompt")


def bundled():
    """What a program asks to know whether it is bundled."""
    print(sys.frozen, sys._MEIPASS, sys.executable)
    print(sys.argv)
    print(sys.orig_argv)
    print(os.path.isdir(sys._MEIPASS))


def constants():
    """Asserts, __debug__ and docstrings are there, as without -O."""
    try:
        assert False, "asserted"
    except AssertionError as error:
        print(error)
    print(__debug__, constants.__doc__)


if __name__ == "__main__":
    globals()[sys.argv[1]]()
