"""Describe all objects below `sys.modules`, in the executable while it is recorded: kinds, values, order, but no addresses.

Two runs whose machines answer in other ways are compared name by name: what differs keeps an answer. The launcher
(launcher/snapshot/record.c) runs this file, and calls `describe`.
"""

import gc
import sys

_ATOMS = frozenset(
    (int, float, complex, str, bytes, bytearray, bool, type(None), type(...), type(NotImplemented), range)
)
_VALUES = (str, bytes, bytearray, int, float, complex)  # what an object of a class made from one of these is, too
_CODE = type((lambda: None).__code__)
_FUNCTION = type(lambda: None)
_BUILTIN = type(len)
_MODULE = type(sys)
_PLACES = (
    type(str.join), type(str.__add__), type(dict.__dict__["fromkeys"]), type(_FUNCTION.__code__), type(_CODE.co_name)
)  # fmt: skip
_ATTRIBUTES = type(_FUNCTION.__dict__["__dict__"])
_NAMESPACE = type.__dict__["__dict__"].__get__  # as classes have it, whatever a metaclass says
_ORDER = type.__dict__["__mro__"].__get__
_WEAK = frozenset(("ReferenceType", "weakref", "weakproxy", "weakcallableproxy"))

# Types that are written in annotations.
_ALIASES = frozenset(
    (
        *(("typing", name) for name in ("_GenericAlias", "_UnionGenericAlias", "_LiteralGenericAlias", "Union")),
        *(("typing", name) for name in ("_CallableGenericAlias", "_AnnotatedAlias")),
        *(("types", "UnionType"), ("types", "GenericAlias")),
    )
)

# What is of the process, or told by the launcher itself.
_OWN = frozenset(("__builtins__", "__loader__", "__spec__", "__cached__"))
_MOST = 3_000_000

# Classes of logging whose tables of loggers grow as modules ask for them. Loggers are looked up by names, and whoever goes
# through them all (logging.config) sorts these: in which order they came makes no difference.
_TABLES = frozenset((("logging", "Manager"), ("logging", "PlaceHolder")))


class Graph:
    """Labels each object with the name below which it was first met, and a number. `region`: addresses of recorded objects."""

    def __init__(self, region):
        self.region = region
        # Parts of texts with such addresses.
        self.signs = (str(region.start)[:2], str(region.stop)[:2], f"{region.start:#x}"[:4])
        self.labels = {}
        self.kept = []  # so that no address is used twice
        self.digest = 0
        self.pending = []
        self.name = ""
        self.first = 0

    def own(self, name, value):
        """Label an object with the name of a module's that it belongs to: it is described there, wherever it is met before."""
        self.labels.setdefault(id(value), name)

    def begin(self, name):
        """Meet what follows below this name."""
        self.name = name
        self.first = len(self.kept)
        self.digest = 0

    def add(self, text):
        """Mix a text into the digest of the present name; hashes of texts are those of the recorded secret."""
        self.digest = hash((self.digest, text))

    def meet(self, value):
        """Describe a value and all below it that was not met before."""
        self.pending = [value]
        while self.pending and len(self.kept) < _MOST:
            self._describe(self.pending.pop())

    def _describe(self, value):
        kind = type(value)
        if kind is int and value in self.region:
            self.add("address")  # of an object that is recorded too: `id` tells the same at each start
            return
        if kind in _ATOMS:
            self.add(f"{kind.__name__} {self._without_addresses(value) if kind is str else value!r}")
            return
        if kind.__name__ == "Pattern" and kind.__module__ == "re":
            self.add(f"pattern {value.pattern!r} {value.flags}")  # whether two are one depends on the cache of `re`
            return
        if (kind.__module__, kind.__name__) in _ALIASES:
            within = (*(_attribute(value, "__args__") or ()), *(_attribute(value, "__metadata__") or ()))
            # As above: the caches of `typing`.
            self.add(f"alias {kind.__name__} {_attribute(value, '_name')} {len(within)}")
            self.pending += [*reversed(within), _attribute(value, "__origin__")]
            return
        label = self.labels.get(id(value))
        if label is not None and not (label == self.name and not self.digest):
            self.add(label)
            return
        self.labels[id(value)] = label or f"{self.name}#{len(self.kept) - self.first}"
        self.kept.append(value)
        if kind is _CODE:
            self.add(f"code {value.co_filename} {value.co_firstlineno} {value.co_name}")
        elif kind is _MODULE:
            self.add(f"module {value.__name__}")
        elif kind is _BUILTIN or kind in _PLACES:
            self.add(f"{kind.__name__} {value.__name__}")
        elif kind.__name__ in _WEAK:
            self.add("weak reference")
        elif kind is dict:
            self.add(f"dict {len(value)}")
            self.pending += [each for item in reversed(dict.items(value)) for each in reversed(item)]
        elif kind is list or kind is tuple:
            self.add(f"{kind.__name__} {len(value)}")
            self.pending += reversed(value)
        elif kind is set or kind is frozenset:
            self.add(f"{kind.__name__} {len(value)}")
            self.pending += sorted(value, key=_order, reverse=True)
        elif issubclass(kind, type):
            self._describe_class(value)
        else:
            self._describe_object(value, kind)

    def _describe_class(self, value):
        self.add(f"class {type.__getattribute__(value, '__module__')!s} {value.__qualname__}")
        if value.__flags__ & 1 << 9:  # Py_TPFLAGS_HEAPTYPE: others are the interpreter's
            own = _NAMESPACE(value)
            self.add(f"{len(own)}")
            self.pending += [
                each
                for name, item in reversed([(name, _sorted(name, item)) for name, item in own.items()])
                if name not in ("__dict__", "__weakref__", "__module__") and "_abc_" not in name
                for each in (item, name)
            ]
            self.pending += reversed(value.__bases__)

    def _describe_object(self, value, kind):
        self.add(f"{kind.__module__} {kind.__qualname__}")
        if issubclass(kind, _VALUES):
            base = next(each for each in _VALUES if issubclass(kind, each))
            self.add(self._without_addresses(str.__str__(value)) if base is str else base.__repr__(value))
        if kind.__name__ in ("count", "Decimal", "Fraction", "timedelta"):
            self.add(repr(value))
        elif kind.__module__ == "datetime" and kind.__name__ in ("date", "time", "datetime"):
            self.add(repr(value.__reduce__()[1][0]))  # without the time zone, which may be anybody's object
        if kind is _FUNCTION:
            code = value.__code__
            # The variable `cache_token` of functools.singledispatch tells how many classes were registered with an abstract one
            # so far, and so whether a cache is still valid.
            cells = [
                cell
                for name, cell in zip(code.co_freevars, value.__closure__ or (), strict=True)
                if name != "cache_token" or not code.co_qualname.startswith("singledispatch.")
            ]
            children = [code, value.__defaults__, value.__kwdefaults__, value.__dict__, value.__name__, *cells]
        elif (kind.__module__, kind.__qualname__) in _TABLES:
            children = _in_order_of_names(value)
        elif issubclass(kind, dict):
            # The latter may be values alone, if all keys are strings.
            children = [*_keys(value), *gc.get_referents(value)]
        elif issubclass(kind, set | frozenset):
            items = list((set if issubclass(kind, set) else frozenset).__iter__(value))
            numbers = frozenset(map(id, items))
            children = [
                *sorted(items, key=_order),
                *(each for each in gc.get_referents(value) if id(each) not in numbers),
            ]
        else:
            children = _attributes_first(value)
        self.pending += [each for each in reversed(children) if each is not kind]

    def _without_addresses(self, text):
        """The text without numbers that are addresses of recorded objects: names may be made with `id`, as pydantic's of schemas are."""
        first, last, hexadecimal = self.signs
        if not (first in text or last in text or hexadecimal in text):
            return text
        parts = []
        start = 0
        for at, character in enumerate(text + " "):
            if character in "0123456789abcdefx":
                continue
            parts += ("address" if self._is_address(text[start:at]) else text[start:at], character)
            start = at + 1
        return "".join(parts)

    def _is_address(self, word):
        try:
            return int(word, 16 if word.startswith("0x") else 10) in self.region
        except ValueError:
            return False


def _sorted(name, item):
    """A table of an enumeration in the order of values: those that are made of others are added when they are asked for."""
    if name != "_value2member_map_" or type(item) is not dict:
        return item
    return tuple(sorted(item.items(), key=lambda pair: _order(pair[0])))


def _keys(value):
    """The keys of a dictionary of a class of its own, in their order: an OrderedDict has an order besides that of its entries."""
    ordered = (
        each for each in type(value).__mro__ if each.__name__ == "OrderedDict" and each.__module__ == "collections"
    )
    return list(next(ordered, dict).__iter__(value))


def _attributes_first(value):
    """Return what an object refers to, its attributes in a dictionary: `gc.get_referents` alone may tell their values without their
    names, in an order that depends on which of these had been used before the class was made (`_PyDict_NewKeysForClass` of 3.14).
    """
    referents = gc.get_referents(value)
    namespaces = map(_NAMESPACE, _ORDER(type(value)))
    found = next((each["__dict__"] for each in namespaces if "__dict__" in each), None)
    attributes = found.__get__(value) if type(found) is _ATTRIBUTES else None
    if type(attributes) is not dict:
        return referents
    within = frozenset((id(attributes), *map(id, attributes.values())))
    return [attributes, *(each for each in referents if id(each) not in within)]


def _in_order_of_names(value):
    """Return what an object of `_TABLES` refers to, its table in the order of the loggers' names."""
    children = []
    for name, item in sorted(value.__dict__.items()):
        is_table = type(item) is dict
        pairs = (
            sorted(item.items(), key=lambda pair: pair[0] if type(pair[0]) is str else pair[0].name) if is_table else ()
        )
        children += (name, *(each for pair in pairs for each in pair)) if is_table else (name, item)
    return children


def _order(value):
    """A key by which elements of sets are sorted: they lie in another order where their addresses are others."""
    kind = type(value)
    if kind in _ATOMS:
        return (kind.__name__, repr(value), "", 0, ())
    code = value.__code__ if kind is _FUNCTION else None
    name, module, arguments = (_attribute(value, each) for each in ("__qualname__", "__module__", "__args__"))
    # A type such as `tuple[str, int]` is told from `tuple[int]` by its arguments: since 3.14 a union keeps its types in a set.
    within = tuple(map(_order, arguments)) if type(arguments) is tuple else ()
    return (kind.__name__, str(name), str(module), code.co_firstlineno if code else 0, within)


def _attribute(value, name):
    """An attribute; None where there is none, or it cannot be told, as in an object that stands for one not made yet."""
    try:
        return getattr(value, name, None)
    except Exception:  # noqa: BLE001 - whatever the program raises
        return None


def describe(kept, start, size):
    """Lines "MODULE NAME DIGEST PLACE": a digest of what is first met below each name of each module; the module and name, with a dot
    between them, below which its own value was met before, or "-".

    `kept`: "MODULE NAME:object" for objects that have got new values in place. That must be so on every machine. `start`, `size`: of
    the region in which recorded objects lie (launcher/recorded.h).

    Modules come in the order of their names: in which order they were imported makes no difference. What a module defines is
    met below its own name there, then objects of its classes, which it has made for itself, and then what has come from elsewhere.
    """
    graph = Graph(range(start, start + size))
    lines = [f"{each} 0 -" for each in kept]
    names = [*(each for each in _names() if each[2] is not graph), *_state()]
    by_distance = ([], [], [])
    for each in names:
        by_distance[_distance(*each)].append(each)
    for module, key, value in (*by_distance[0], *by_distance[1]):
        graph.own(f"{module}.{key}", value)
    for module, key, value in (*by_distance[0], *by_distance[1], *by_distance[2]):
        name = f"{module}.{key}"
        place = graph.labels.get(id(value), name).partition("#")[0]
        graph.begin(name)
        graph.meet(value)
        words = (module, key, f"{graph.digest & (1 << 64) - 1:x}", "-" if place == name else place)
        lines.append(" ".join(word.replace(" ", "_") for word in words))
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _names():
    """Modules, names and values."""
    for name, module in sorted(sys.modules.items()):
        if name in ("__main__", "sys", "builtins", "gc") or type(module) is not _MODULE:
            continue
        for key, value in list(module.__dict__.items()):
            if key not in _OWN and type(key) is str:
                yield name, key, value


# Of `sys`: what is of the process, or of the recording.
_OF_PROCESS = frozenset(
    (
        *(
            "modules",
            "argv",
            "orig_argv",
            "executable",
            "_base_executable",
            "path_importer_cache",
            "stdin",
            "stdout",
            "stderr",
        ),
        *("__stdin__", "__stdout__", "__stderr__", "meta_path", "path_hooks", "flags", "last_exc", "thread_info"),
    )
)


def _state():
    """Modules, names and values of what the interpreter keeps elsewhere: who sets it last decides, so its order can be told."""
    for module in (sys, sys.modules["builtins"]):
        for key, value in list(module.__dict__.items()):
            if key not in _OWN and key not in _OF_PROCESS and type(key) is str and type(value) is not _BUILTIN:
                yield module.__name__, key, value
    loaded = sys.modules.get
    values = [
        *((each, getattr(sys, f"get{each}")()) for each in ("recursionlimit", "switchinterval", "trace", "profile")),
        ("int_max_str_digits", sys.get_int_max_str_digits()),
        ("asyncgen_hooks", tuple(sys.get_asyncgen_hooks())),
        ("gc", (gc.get_threshold(), gc.isenabled(), gc.get_debug())),
    ]
    if loaded("_signal"):
        values += [
            (f"signal {number}", loaded("_signal").getsignal(number))
            for number in range(1, 65)
            if number not in (32, 33)
        ]
    if loaded("_decimal"):
        values.append(("decimal", repr(loaded("_decimal").getcontext())))
    if loaded("_socket"):
        values.append(("timeout", loaded("_socket").getdefaulttimeout()))
    if loaded("_contextvars"):
        values += [(f"variable {key.name}", value) for key, value in loaded("_contextvars").copy_context().items()]
    if loaded("_thread"):
        values.append(("stack_size", loaded("_thread").stack_size()))
    for name, value in values:
        yield "sys", f"({name})", value


def _distance(module, key, value):
    """0 for a function or a class of the module, by its own name; 1 for an object of a class of it; else 2."""
    kind = type(value)
    if kind is _FUNCTION:
        return 0 if value.__module__ == module and value.__qualname__ == key else 2
    if kind.__name__ == "_lru_cache_wrapper":
        is_own = getattr(value, "__module__", None) == module and getattr(value, "__qualname__", None) == key
        return 0 if is_own else 2
    if issubclass(kind, type):  # `isinstance` asks for `__class__`, and an object that stands for another makes that
        return 0 if type.__getattribute__(value, "__module__") == module and value.__qualname__ == key else 2
    return 1 if kind.__module__ == module else 2
