"""Compiles texts and regular expressions in every way, when it is imported and when it is asked to."""

import collections
import dataclasses
import re
import sys

ADDER = "def add(a, b=2):\n    return a + b\n"
ADDERS = []


def run(text, *arguments, **options):
    """What `exec` leaves behind, or raises."""
    try:
        exec(text, *arguments, **options)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "done"


def value(text, *arguments):
    """What `eval` gives, or raises."""
    try:
        return repr(eval(text, *arguments))
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def match(pattern, subject, flags=0):
    """What a regular expression finds, and all that its object knows of itself."""
    compiled = re.compile(pattern, flags)
    found = compiled.search(subject)
    known = compiled.pattern, compiled.flags, compiled.groups, dict(compiled.groupindex)
    return f"{known} {found and (found.span(), found.groups(), found.groupdict(), found.lastgroup)}"


class Text(str):
    """No plain text: it could be anything."""


def compile_all():
    """Lines about everything that is compiled."""
    lines = []
    for _ in range(2):
        names = {}
        exec(ADDER, names)
        ADDERS.append(names["add"])
        lines.append(f"{names['add'](1)} {names['add'].__code__.co_filename} {names['add'].__module__}")
    here = "local"
    exec("seen = here")
    lines.append(value("here + 'ly'", {"here": here}))
    lines.append(value("  [here for _ in range(2)]", globals(), {"here": here}))
    lines.append(value("here"))
    lines.append(value("lambda: (yield)", {}).split(" at ")[0])
    lines.append(run("x: undefined = 1", {}))
    lines.append(run(ADDER, {}, {}, closure=None))
    lines.append(run("1 +", {}))
    lines.append(run("'\\d'", {}))
    lines.append(run(Text("y = 1"), {}))
    lines.append(run("a\0b", {}))
    lines.append(run("z = '\udcff'", {}))
    lines.append(run("raise KeyError('from the text')", {}))
    lines.append(value(Text("1 + 1")))
    lines.append(value("1 +"))
    lines.append(value("1 if True else 2", 3))
    for mode in "exec", "eval", "single":
        code = compile("1 + 1", f"<{mode}>", mode)
        lines.append(f"{code.co_filename} {code.co_name} {eval(code)}")
    lines.append(type(compile("1 + 1", "<tree>", "eval", 0x400)).__name__)
    lines.append(str(eval(compile("__debug__", "<options>", "eval", optimize=2))))
    point = dataclasses.make_dataclass("Point", [("x", int), ("y", int, 3)], frozen=True, order=True)
    lines.append(f"{point(1)} {point(1) < point(2)} {hash(point(1)) == hash(point(1, 3))}")
    pair = collections.namedtuple("Pair", "left right", defaults=(1,))
    lines.append(f"{pair(2)} {pair(2)._replace(left=5)} {pair.__new__.__qualname__}")
    lines.append(match(r"(?P<year>\d{4})-(?P<month>\d\d)(-(\d\d))?", "on 2024-05-17"))
    lines.append(match(rb"(?i)[^\x00-\x7f]+|K\xe4SE", b"k\xe4se"))
    lines.append(match("[\u0400-\u04ff\U0001f600-\U0001f64f]+", "x\u0416\u0417\U0001f600"))
    lines.append(match("straße|(?:a|b)+?c(?=d)(?<!e)", "STRASSE abcd", re.IGNORECASE | re.ASCII))
    lines.append(match(" # comment \n a ( b ) ", "ab", re.VERBOSE))
    lines.append(match("", ""))
    lines.append(match(r"(a)(?(1)b|c)(?>x*)y{2,5}+" if sys.version_info >= (3, 11) else "", "abxxyyyy"))
    lines.append(value("__import__('re').compile('(')"))
    return lines


report = compile_all()
