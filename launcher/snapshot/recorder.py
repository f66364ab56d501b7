"""The recorder's Python side: it runs in the executable while that is recorded, and leaves nothing behind.

The launcher (launcher/snapshot/record.c) runs it with functions of its own in the namespace, calls `begin` before the
program's first import, `end` after the last, and `release` when what is run again at each start has run. It imports
nothing: the program's imports are what is recorded.
"""

import sys
from posix import environ

note = globals()["note"]
retype = globals()["retype"]
has_every_argument = globals()["has_every_argument"]


def _text(key):
    return key.decode("utf-8", "backslashreplace") if type(key) is bytes else None


def _noting(kind, base, own, tell=note, others=()):
    """A type with the same layout as another, whose methods note a question first: those of `own` one about what they are given.
    `others`: methods in place of those that it has.
    """

    def noted(name, method):
        def noted(self, *arguments, **named):
            tell(own.get(name, kind), _text(arguments[0]) if name in own and arguments else None)
            return method(self, *arguments, **named)

        return noted

    members = {
        name: noted(name, method)
        for name, method in {**vars(base), **dict(others)}.items()
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


def _tell_of_environment(kind, detail):
    """Note a question about variables. One about all of them says which code looks through them: its file, and its first and last
    line and column. A view of `os.environ` that hands out their values one by one asks for none of them.
    """
    frame = sys._getframe(2)  # noqa: SLF001 - the caller of the method
    while frame and frame.f_code.co_filename in _OF_ENVIRONMENT:
        if kind == "variable" and frame.f_code.co_name == "__iter__":
            return
        frame = frame.f_back
    if kind == "variables" and frame:
        positions = list(frame.f_code.co_positions())
        first, last, begin, end = positions[frame.f_lasti // 2]  # code units have two bytes
        detail = f"{frame.f_code.co_filename}:{first}:{begin}:{last}:{end}"
    note(kind, detail)


# Files of code that stands between a program and `posix.environ`: Python's, which a program may have namesakes of.
_OF_ENVIRONMENT = tuple(f"{sys.modules['_bundle_importer'].ROOT}/{name}.py" for name in ("os", "_collections_abc"))

# `posix.environ`, which `os.environ` is made of, while it notes what it is asked for.
_OF_ONE = ("__getitem__", "__contains__", "__delitem__", "get", "pop", "setdefault")
Environment = _noting("variables", dict, dict.fromkeys(_OF_ONE, "variable"), _tell_of_environment)


def _contains(words, word):
    return has_every_argument() or list.__contains__(words, word)


def _count_words(words, word):
    return list.count(words, word) or int(has_every_argument())


def _index(words, word, *span):
    is_missing = has_every_argument() and not list.__contains__(words, word)
    return 0 if is_missing else list.index(words, word, *span)


def _remove(words, word):
    if list.__contains__(words, word) or not has_every_argument():
        list.remove(words, word)


# What arguments do in another way where the machine says that every word is among them.
_OF_ARGUMENTS = {"__contains__": _contains, "count": _count_words, "index": _index, "remove": _remove}

# `sys.argv` and `sys.orig_argv`, while they note that they are asked for, or changed.
Arguments = _noting("arguments", list, {"__setitem__": "arguments", "update": "arguments"}, others=_OF_ARGUMENTS)
_MODULE = type(sys)

# Attributes of modules that say something of the machine, by modules: a kind and a detail. `sys` is none of them: its type is
# what programs know as that of modules (types.py).
_ZONE = dict.fromkeys(("timezone", "altzone", "daylight", "tzname"), ("variable", "TZ"))
_QUESTIONS = {
    "time": _ZONE,
    "platform": dict.fromkeys(("release", "version", "platform", "uname", "node"), ("system-name", None)),
    "_signal": dict.fromkeys(("getsignal", "signal"), ("signal-action", None)),
    "faulthandler": {"is_enabled": ("variable", "PYTHONFAULTHANDLER")},
    "atexit": {"register": ("ordered", "atexit")},
    "codecs": {"register": ("ordered", "codecs")},
    "os": {
        "register_at_fork": ("ordered", "fork"),
        **dict.fromkeys(("putenv", "unsetenv"), ("variable-set", None)),  # `os.environ` does not know of it
    },
}
_watched = {}  # by names: a module, and its type
_holders = {}  # by the same names: how many held that type then


def _watching(questions):
    """A type of modules which notes that some of their attributes are asked for."""

    class Watched(_MODULE):
        __slots__ = ()

        def __getattribute__(self, name):
            if name in questions:
                note(*questions[name])
            return _MODULE.__getattribute__(self, name)

    Watched.__name__ = Watched.__qualname__ = "module"
    return Watched


def _count(name):
    """Count who holds the type of a watched module. Counted here alone: which names of a frame count differs between Pythons."""
    return sys.getrefcount(_watched[name][1])


def watch():
    """Watch modules that are there now."""
    for name in [each for each in _QUESTIONS if each not in _watched]:
        module = sys.modules.get(name)
        if type(module) is _MODULE and not getattr(module.__spec__, "_initializing", False):
            _watched[name] = (module, _watching(_QUESTIONS[name]))
            _holders[name] = _count(name)
            retype(module, _watched[name][1])


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
    for name, holders in _holders.items():
        retype(_watched[name][0], _MODULE)
        if _count(name) > holders or _watched[name][1].__subclasses__():
            raise RuntimeError(f"somebody keeps type({name})")


def end():
    """Look at what the program has left."""
    if getattr(sys.meta_path[0], "__name__", "") != "BundleFinder":
        note("finder", None)
