"""The recorder's Python side: it runs in the executable while that is recorded, and leaves nothing behind.

The launcher (launcher/snapshot/record.c) runs it with `note` and `retype` in its namespace, calls `begin` before the
program's first import, `end` after the last, and `release` when what is run again at each start has run. It imports
nothing: the program's imports are what is recorded.
"""

import sys
from posix import environ

note = globals()["note"]
retype = globals()["retype"]


def _text(key):
    return key.decode("utf-8", "backslashreplace") if type(key) is bytes else None


def _noting(kind, base, own):
    """A type with the same layout as another, whose methods note a question first: those of `own` one about what they are given."""

    def noted(name, method):
        def noted(self, *arguments, **named):
            note(own.get(name, kind), _text(arguments[0]) if name in own and arguments else None)
            return method(self, *arguments, **named)

        return noted

    members = {
        name: noted(name, method)
        for name, method in vars(base).items()
        if (name not in _QUIET or name in own) and callable(method)
    }
    return type(base.__name__, (base,), {**members, "__slots__": (), "__hash__": None})


# Methods that ask nothing of what an object holds. Setting a variable is an effect that is found by itself.
_QUIET = frozenset(
    (
        *("__new__", "__init__", "__getattribute__", "__class_getitem__", "__doc__", "__hash__", "__sizeof__"),
        *("__setitem__", "update", "fromkeys"),
    )
)
# `posix.environ`, which `os.environ` is made of, while it notes what it is asked for.
_OF_ONE = ("__getitem__", "__contains__", "__delitem__", "get", "pop", "setdefault")
Environment = _noting("variables", dict, dict.fromkeys(_OF_ONE, "variable"))
# `sys.argv` and `sys.orig_argv`, while they note that they are asked for, or changed.
Arguments = _noting("arguments", list, {"__setitem__": "arguments", "update": "arguments"})
_MODULE = type(sys)
_frame = sys._getframe  # noqa: SLF001 - the frame that asks

# Attributes of modules that say something of the machine, by modules: a kind and a detail.
_ZONE = dict.fromkeys(("timezone", "altzone", "daylight", "tzname"), ("variable", "TZ"))
_QUESTIONS = {
    "sys": dict.fromkeys(("executable", "_base_executable"), ("own-path", None)),
    "time": _ZONE,
    "platform": dict.fromkeys(("release", "version", "platform", "uname", "node"), ("system-name", None)),
    "_signal": dict.fromkeys(("getsignal", "signal"), ("signal-action", None)),
    "atexit": {"register": ("ordered", "atexit")},
    "codecs": {"register": ("ordered", "codecs")},
    "os": {
        "register_at_fork": ("ordered", "fork"),
        **dict.fromkeys(("putenv", "unsetenv"), ("variable-set", None)),  # `os.environ` does not know of it
    },
}
# Attributes of attributes of `sys` that follow from the locale, and from a variable.
_ERRORS = {"errors": ("variable", "LC_ALL")}
_OUTPUT = {**_ERRORS, "write_through": ("variable", "PYTHONUNBUFFERED")}
_WITHIN = {
    "flags": {"utf8_mode": ("variable", "LC_ALL")},
    "stdin": _ERRORS,
    "__stdin__": _ERRORS,
    **dict.fromkeys(("stdout", "__stdout__", "stderr", "__stderr__"), _OUTPUT),
}
# Those that only a start knows, so nobody may set them before.
_OF_START = {"argv": "arguments", "orig_argv": "arguments", "executable": "own-path", "_base_executable": "own-path"}
_watched = {}


def _next_names(frame):
    """The names of which one may be the attribute that code asks for next, of what it is just asking for."""
    code = frame.f_code.co_code
    at = frame.f_lasti + 2
    while at < len(code) and code[at] == 0:  # CACHE
        at += 2
    names = frame.f_code.co_names
    first, second = code[at + 1 : at + 2] or b"\0", code[at + 3 : at + 4] or b"\0"
    numbers = (first[0], first[0] << 8 | second[0])  # the second behind an EXTENDED_ARG
    return {names[each] for number in numbers for each in (number, number >> 1) if each < len(names)}


def _watching(questions):
    """A type of modules which notes that some of their attributes are asked for."""

    class Watched(_MODULE):
        __slots__ = ()

        def __getattribute__(self, name):
            if name in questions:
                note(*questions[name])
            elif self is sys and name in _WITHIN:
                for each in _WITHIN[name].keys() & _next_names(_frame(1)):
                    note(*_WITHIN[name][each])
            return _MODULE.__getattribute__(self, name)

        def __setattr__(self, name, value):
            if self is sys and name in _OF_START:
                note(_OF_START[name], "set")
            _MODULE.__setattr__(self, name, value)

    Watched.__name__ = Watched.__qualname__ = "module"
    return Watched


def watch():
    """Watch modules that are there now."""
    for name in [each for each in _QUESTIONS if each not in _watched]:
        module = sys.modules.get(name)
        if type(module) is _MODULE and not getattr(module.__spec__, "_initializing", False):
            retype(module, _watching(_QUESTIONS[name]))
            _watched[name] = module


def begin():
    """Watch what belongs to the process."""
    retype(environ, Environment)
    retype(sys.argv, Arguments)
    retype(sys.orig_argv, Arguments)
    watch()


def release():
    """Watch no more."""
    retype(environ, dict)
    for each in (sys.argv, sys.orig_argv):
        if type(each) is Arguments:
            retype(each, list)
    for each in _watched.values():
        retype(each, _MODULE)


def end():
    """Look at what the program has left."""
    if getattr(sys.meta_path[0], "__name__", "") != "BundleFinder":
        note("finder", None)
