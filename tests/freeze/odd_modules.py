"""Modules that hold odd things, under odd names: texts by name, for a program that imports them all and prints what they say.

Each must do in a binary what it does in Python, its errors included.
"""

from __future__ import annotations

# Every one of these is another module, whatever a C compiler, a linker or a shell makes of the names.
NAMES = (
    *("a_b", "a.b", "a__b", "a_d_b", "a.b_", "a_.b", "A_b", "módulo", "m_xc3__xb3_dulo", "漢字", "x" * 200),
    *(
        "with-dash",
        "1digit",
        "with space",
        "q'uote",
        'd"quote',
        "back\\slash",
        "per%cent",
        "do$llar",
        "new\nline",
        "semi;colon",
    ),
    *("int", "static", "main", "_PyRuntime", "frozen_a_b", "version_a_b"),
)

BYTES = {
    "latin": "# -*- coding: latin-1 -*-\nfound = 'é\xff'\n".encode("latin-1"),
    "japanese": "# coding: shift_jis\nfound = '漢字表示'\n".encode("shift_jis"),
    "marked": b"\xef\xbb\xbffound = '\xc3\xa9'\n",
    "lines": b"found = '''a\r\nb\rc\n'''\r\nif found:\r\n\tfound += 'x'",
    "old_mac": b"found = 1\rfound += 2\r",
    "form_feed": b"\x0cfound = 1\n\x0c\nfound += 1\n#no newline",
    "nothing": b"",
    "not_utf8": b"found = '\xff'\n",
    "null": b"found = '\0'\n",
    "returning": b"return 1\n",
}

TEXTS = {
    # More than fit in two bytes: constants, items, names of attributes.
    "many": "def f():\n    s = 0\n"
    + "".join(f"    s += {i + 1000}\n" for i in range(66_000))
    + "    return s\nfound = f(), len(f.__code__.co_consts)\n",
    "far": f"def fail():{' ' * 70_000}return 1 / 0\n"
    "try: fail()\nexcept ZeroDivisionError as error: place = error.__traceback__.tb_next\n"
    "found = place.tb_lineno, place.tb_lasti, list(fail.__code__.co_positions())\n",
    "large": f"found = 0x{'f' * 20_000} % 1000007, -0x{'8' * 5_000} % 1000007, 1 << 100, -(-(-5))\n",
    "nested": f"found = {'lambda: ' * 90}7\nfor _ in range(90): found = found()\n"
    + "".join(f"{' ' * i}def f{i}():\n" for i in range(90))
    + f"{' ' * 90}return 1\n",
    "parameters": f"""
def f({",".join(f"a{i}" for i in range(300))}): return a299
def g():
{"".join(f"    v{i} = {i}{chr(10)}" for i in range(300))}
    def h(): return {"+".join(f"v{i}" for i in range(300))}
    return h
found = f(*range(300)), f({",".join(f"a{i}={i}" for i in range(300))}), g()(), len(g().__code__.co_freevars)
""",
    "strings": r"""
def names(**given): return given
class Ké:
    "Doc é"
    __pré = 1
    def mé(self, ñ, /, *, ü=2):
        "Doc 漢"
        return ñ, ü, self.__pré
ⅳ = 5
found = [
    "\ud800", "\udfff\ud800x", "a\0b", "\U0010ffff", "\xe9", "\u0100", {"\ud800": 1, "é": 2, "": 3}, b'"\\\0', "\0" * 9,
    names(**{"\ud800": 1}), names(é=1, 漢=2, ﬁ=3), Ké().mé(1), Ké.__doc__, Ké.mé.__doc__, Ké.mé.__code__.co_varnames,
    Ké.mé.__qualname__, [name for name in dir() if not name.isascii()], f"{ⅳ!a:>5}\ud801{ⅳ=}",
    [each in {"\ud800", "é", b"\xff", 10**40, 1e999, -0.0, 1j} for each in ("\ud800", 0, float("inf"), 1)],
]
""",
    "future": """
from __future__ import annotations, generator_stop, print_function
def f(a: undefined.name, b: "x" = 1) -> [1, 2]: pass
found = f.__annotations__
""",
    "matching": "def f(value):\n    match value:\n"
    + "".join(f"        case ({i}, 's{i}', [{i}.5, *_]) | {{'k{i}': {i}}}: return 'found {i}'\n" for i in range(300))
    + "        case b'x' | -1 | 1.5 | 2+3j | None | True: return value\n"
    "found = [f(each) for each in ((299, 's299', [299.5, 1]), {'k7': 7}, b'x', -1, 2+3j, None, True, 'no')]\n",
    "groups": """
def f(error):
    seen = []
    try: raise error
    except* (ValueError, TypeError) as group: seen.append(repr(group))
    except* OSError as group: seen.append(repr(group))
    finally: seen.append("end")
    return seen
found = f(ExceptionGroup("m", [ValueError(1), OSError(2), ExceptionGroup("n", [TypeError()])]))
""",
    "made": r'''
import copy, marshal, types
def local(a, *, b=3):
    c = a + b
    def inner(): return c, {1000, 1008} | {c}, a in {1, (2, "é"), "\ud800"}
    return inner
code = local.__code__
ARGUMENTS = """argcount posonlyargcount kwonlyargcount nlocals stacksize flags code consts names varnames filename name
    qualname firstlineno linetable exceptiontable freevars cellvars""".split()
copied = types.CodeType(*[getattr(code, f"co_{name}") for name in ARGUMENTS])
odd = code.replace(co_names=("\ud800",), co_name="n\ud800", co_filename="\udc80", co_consts=(*code.co_consts, frozenset({1})))
executed = {}
exec(marshal.loads(marshal.dumps(compile("def f(x): return x in {1000, 'é'}, (1, (2.0, -0.0)), '\\ud800'", "m\udc80", "exec"))), executed)
found = [
    copied == code, types.FunctionType(copied, {}, argdefs=(), closure=None)(1, b=2)(), executed["f"](1000),
    [marshal.loads(marshal.dumps(code, version)) == code for version in (3, 4)], marshal.loads(marshal.dumps(odd)) == odd,
    odd.co_names, odd.co_name, copy.deepcopy(code) is code, hash(marshal.loads(marshal.dumps(code))) == hash(code),
    local(1)(),
]
''',
}

# Without imports: what C code imports for them must be there.
TEXTS_3_12 = {
    "generic": """
type Alias[T] = list[T]
type Recursive = dict[str, Recursive] | None
class Generic[T: (int, str), *Ts, **P]:
    def method[U](self, u: U | None) -> tuple[T, U]: return f"{f"{u!r}":>{5}}"
    type Inner = T
found = Alias.__value__, Generic.__type_params__, Generic().method(1), Generic.Inner.__value__, Recursive.__name__
""",
}
TEXTS_3_13 = {
    "defaults": "class D[T = int, **P = [int]]: pass\nfound = [each.__default__ for each in D.__type_params__]\n",
}
TEXTS_3_14 = {
    "templates": r"""
import copy, pickle
name = "é\ud800"
made = t"a{name!r:>{10}}b{1 + 1 = }{{}}"
found = made.strings, [(each.value, each.expression, each.conversion, each.format_spec) for each in made.interpolations]
found += pickle.loads(pickle.dumps(made)).strings, copy.deepcopy(made.interpolations[1])
""",
    "slices": """
def f(x): return x[1:5], x[::2], x[-3:None], x[1:2:3], x[1:2], x["a":1.5]
class Shown:
    def __getitem__(self, key): return key
found = f(Shown()), [type(each).__name__ for each in f.__code__.co_consts]
""",
    "annotated": """
import annotationlib
def f(x: undefined, y: 1 + 1) -> later: pass
class C:
    a: undefined
    if True: b: int
STRING = annotationlib.Format.STRING
found = annotationlib.get_annotations(f, format=STRING), annotationlib.get_annotations(C, format=STRING)
try: raise OSError
except ValueError, OSError: pass
""",
}
TEXTS_3_15 = {
    "lazy": """
import sys
lazy import json
lazy from collections import OrderedDict as Ordered, abc
lazy import email.mime.text
found = "json" in sys.modules, json.dumps([1]), Ordered([(1, 2)]), email.mime.text.MIMEText("x").get_payload()
""",
    "unpacked": """
found = [*x for x in [[1], [2]]], {**x for x in [{1: 2}, {3: 4}]}, {*x for x in [{1}]}, frozendict({"a": 1})
""",
}


_NEWER = (((3, 12), TEXTS_3_12), ((3, 13), TEXTS_3_13), ((3, 14), TEXTS_3_14), ((3, 15), TEXTS_3_15))


def newer(version: tuple[int, ...]) -> dict[str, str]:
    """Modules with what is new since 3.12, as far as this Python has it."""
    return {name: text for since, texts in _NEWER if version >= since for name, text in texts.items()}


def modules(version: tuple[int, ...]) -> dict[str, bytes]:
    """The modules that this Python can be given, by name."""
    named = {name: f"found = {name!r}, __name__\n" for name in NAMES}
    return {name: text.encode() for name, text in (named | TEXTS | newer(version)).items()} | BYTES


PROGRAM = """
import importlib
for name in NAMES:
    try:
        print(ascii(name), ascii(getattr(importlib.import_module(name), "found", "nothing")))
    except (SyntaxError, ValueError) as error:
        print(ascii(name), type(error).__name__)
"""


def program(names: list[str]) -> str:
    """The source of the program that imports these modules."""
    return f"NAMES = {names!a}\n{PROGRAM}"
