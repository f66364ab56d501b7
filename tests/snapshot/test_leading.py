"""What a program does first, and which of its statements can be run again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from bundler.target import TargetPython
from bundler.target.workers import run_worker

LEADING = {
    "imports": ("import a\nfrom b import c\nX = 1\ndef f(x=1): pass\nprint(X)\nimport d\n", [1, 2, 3, 4], "print"),
    "guarded": ("try:\n    import a\nexcept ImportError:\n    a = None\nimport b\nf()\n", [1, 5], "f"),
    "decided": ("import sys\nif sys.version_info >= (3, 8):\n    import a\nif sys.argv:\n    import b\n", [1, 2], None),
    "class": ("import a\nclass A: pass\nimport b\n", [1], None),
    "decorated": ("import a\n@a.x\ndef f(): pass\n", [1], None),
    "main": ("from a import run\nif __name__ == '__main__':\n    import sys\n    sys.exit(run())\n", [1, 3], "run"),
    "tried": ("import a\ntry:\n    import b\n    main()\nexcept KeyboardInterrupt:\n    pass\n", [1, 3], "main"),
    "default": ("import a\ndef f(x=a.y()): pass\nimport b\n", [1], None),
}


def ask(target: TargetPython, stage: str, module: str, request: object) -> dict[str, object]:
    answer: dict[str, object] = json.loads(
        run_worker(target.command, stage, module, job=json.dumps(request).encode()).stdout
    )
    return answer


@pytest.mark.parametrize("name", LEADING)
def test_leading(newest_target: TargetPython, tmp_path: Path, name: str):
    """Imports, literals and plain functions come first; the first other statement ends them, or calls what comes next."""
    source, lines, calls = LEADING[name]
    path = tmp_path / "main.py"
    path.write_text(source)
    found = ask(newest_target, "analyze/read", "leading", {"path": str(path), "function": None})
    firsts = found["lines"]
    assert isinstance(firsts, list)
    assert firsts[::2] == lines
    assert found["calls"] == calls


def test_function(newest_target: TargetPython, tmp_path: Path):
    """A function begins with statements too, unless it is decorated."""
    path = tmp_path / "main.py"
    path.write_text(
        "from .b import g\ndef f():\n    'Text.'\n    import a\n    return g()\n@f\ndef h():\n    import c\n"
    )
    found = ask(newest_target, "analyze/read", "leading", {"path": str(path), "function": "f"})
    assert found == {"lines": [3, 3, 4, 4], "calls": "g", "from_module": [".b", "g"]}
    assert ask(newest_target, "analyze/read", "leading", {"path": str(path), "function": "h"})["lines"] == []


def attribute(name: str, value: str) -> str:
    """An assignment in the class `A`, as it is run again."""
    test = f"not any((hasattr(type(vars(A)[{name!r}]), each) for each in ('__get__', '__set_name__')))"
    return f"if {test}:\n        A.{name} = {value}"


# Source, lines that asked, names that differ, whether the answer is unknown, and what is run again.
RERUN = {
    "assignment": ("import os\nX = os.getcwd()\n", [2], [], False, "X = os.getcwd()"),
    "try": (
        "import os\ntry:\n    X = os.getcwd()\nexcept OSError:\n    X = ''\n",
        [3],
        [],
        False,
        "try:\n    X = os.getcwd()\nexcept OSError:\n    X = ''",
    ),
    "by name": ("from a import b\nX = b()\nY = 1\n", [], ["X"], False, "X = b()"),
    "imported": ("from .a import b, c as d\n", [], ["d"], False, "from package.a import c as d"),
    "list": (
        "X = ['a']\nX.append(home())\nX += [1]\nY = [2]\nY.append(3)\n",
        [],
        ["X"],
        False,
        "X = ['a']\nX.append(home())\nX += [1]",
    ),
    "another's list": ("from a import X\nX.append(home())\n", [2], [], False, None),
    "a default's name": (
        "X = home()\ndef f(a, x=X, *, y=X): pass\n",
        [],
        ["f"],
        False,
        "if True:\n    f.__defaults__ = (X,)\n    f.__kwdefaults__ = {'y': X}",
    ),
    "decided": (
        "import sys\nif sys.platform == 'win32':\n    X = 1\nelse:\n    import a\n    X = a.b()\n",
        [],
        ["X"],
        False,
        "if sys.platform == 'win32':\n    X = 1\nelse:\n    import a\n    X = a.b()",
    ),
    "a cache": (
        "import functools\n@functools.lru_cache(maxsize=8)\ndef f(x): return home()\n",
        [],
        ["f"],
        False,
        "if f.cache_clear():\n    pass",
    ),
    "call": ("import os\nos.chdir('/')\n", [2], [], True, None),
    "with": (
        "import os, warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    X = os.getcwd()\n",
        [4],
        [],
        True,
        "with warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n    X = os.getcwd()",
    ),
    "remembered": (
        "import os\nfrom functools import cache\n@cache\ndef f(): return os.getcwd()\ndef g(): return f()\nX = g() == '/'\n",
        [6],
        [],
        True,
        "if f.cache_clear():\n    pass\nX = g() == '/'",
    ),
    "remembered elsewhere": (
        "import os\nfrom functools import cache\n@cache\ndef f(): return os.getcwd()\nX = f() == '/'\nprint(f())\n",
        [5],
        [],
        True,
        None,
    ),
    "filled": (
        "import os\nX = f(os.getcwd())\nX.table.clear()\nfor a, b in PAIRS.items():\n    X.add(a, b)\n",
        [2],
        [],
        True,
        "X = f(os.getcwd())\nX.table.clear()\nfor a, b in PAIRS.items():\n    X.add(a, b)",
    ),
    "filled once": (
        "import os\nX = f(os.getcwd())\nfor a, b in PAIRS:\n    X.add(a, b)\n",
        [2],
        [],
        True,
        None,
    ),
    "pair": ("import os\nX, Y = os.getpid() == 1, 2\nZ = Y\n", [2], [], True, "X, Y = (os.getpid() == 1, 2)\nZ = Y"),
    "import within": (
        "import os\ntry:\n    import fcntl\n    X = os.getcwd()\nexcept OSError:\n    X = None\n",
        [4],
        [],
        True,
        "try:\n    import fcntl\n    X = os.getcwd()\nexcept OSError:\n    X = None",
    ),
    "never tested": (
        "import os, sys\nX = os.getcwd() == '/'\nif sys.platform == 'win32' and X:\n    import a\n",
        [2],
        [],
        True,
        "X = os.getcwd() == '/'",
    ),
    "tested first": (
        "import os, sys\nX = os.getcwd() == '/'\nif X and sys.platform == 'win32':\n    import a\n",
        [2],
        [],
        True,
        None,
    ),
    "with change": (
        "import os, warnings\nwith warnings.catch_warnings():\n    os.chdir('/')\n    X = os.getcwd()\n",
        [4],
        [],
        True,
        None,
    ),
    "suppressed": (
        "import os\nfrom contextlib import suppress\nX = 1\nwith suppress(OSError):\n    X = os.getcwd()\n",
        [5],
        [],
        True,
        "X = 1\nwith suppress(OSError):\n    X = os.getcwd()",
    ),
    "suppressed first": (
        "import os\nfrom contextlib import suppress\nwith suppress(OSError):\n    X = os.getcwd()\n",
        [4],
        [],
        True,
        None,
    ),
    "file": ("import os\nwith open('a') as file:\n    X = os.getcwd()\n", [3], [], True, None),
    "class": (
        "import os\nclass A:\n    x = os.getcwd()\n",
        [3],
        [],
        True,
        f"if True:\n    {attribute('x', 'os.getcwd()')}",
    ),
    "class that uses it": ("import os\nclass A:\n    x = os.getcwd()\n    print(x)\n", [3], [], True, None),
    "class that copies it": (
        "import os\nclass A:\n    x = os.getcwd()\n    y = 1, x\n    def f(self, a=x, *, b=2): pass\n    def g(self): x\n",
        [3],
        [],
        True,
        f"if True:\n    {attribute('x', 'os.getcwd()')}\n    {attribute('y', '(1, A.x)')}\n"
        "    if True:\n        A.f.__defaults__ = (A.x,)\n        A.f.__kwdefaults__ = {'b': 2}",
    ),
    "class with a base": (
        "import os\nclass A(B):\n    x = os.getcwd()\n",
        [3],
        [],
        True,
        "if True:\n    if type(A) is not type or hasattr(A.__init_subclass__, '__func__'):\n"
        f"        raise TypeError('a base may keep attributes')\n    {attribute('x', 'os.getcwd()')}",
    ),
    "class with a metaclass": ("import os\nclass A(metaclass=B):\n    x = os.getcwd()\n", [3], [], True, None),
    "class with a base, compared": (
        "import os\nclass A(B):\n    y = 1\n    x: str = f(y, os.getcwd())\n    print(x)\n",
        [4],
        [],
        False,
        f"if True:\n    {attribute('x', 'f(A.y, os.getcwd())')}",
    ),
    "class with a scope": ("import os\nclass A:\n    x = [y for y in os.getcwd()]\n", [3], [], False, None),
    "class with private names": (
        "import os\nclass A:\n    __x = os.getcwd()\n    y = [__x, os.__z, __all__]\n    def __f(self, a=__x): pass\n",
        [3],
        [],
        False,
        f"if True:\n    {attribute('_A__x', 'os.getcwd()')}\n    {attribute('y', '[A._A__x, os._A__z, __all__]')}\n"
        "    if True:\n        A._A__f.__defaults__ = (A._A__x,)",
    ),
    "strict": ("import os\nX = os.path.exists('/a')\ndef f(): return X\n", [2], [], True, "X = os.path.exists('/a')"),
    "called": (
        "import os\nX = os.path.exists('/a')\ndef f(): return X\ndef g(): return f()\nY = g()\n",
        [2],
        [],
        True,
        "X = os.path.exists('/a')\nY = g()",
    ),
    "called by others": ("import os\nX = os.path.exists('/a')\ndef f(): return X\nprint(f())\n", [2], [], True, None),
    "made": (
        "import os\nX = os.path.exists('/a')\nclass A:\n    def f(self): return X\nclass B(A): pass\nprint(B())\n",
        [2],
        [],
        True,
        None,
    ),
    "called in a script": (
        "import os\nX = os.path.exists('/a')\ndef f(): return X\nif __name__ == '__main__':\n    print(f())\n",
        [2],
        [],
        True,
        "X = os.path.exists('/a')",
    ),
    "copied": (
        "import os\nX = os.path.exists('/a')\nY = not X\n",
        [2],
        [],
        True,
        "X = os.path.exists('/a')\nY = not X",
    ),
    "a default": (
        "import os\nX = os.path.exists('/a')\ndef f(x=X): pass\n",
        [2],
        [],
        True,
        "X = os.path.exists('/a')\nif True:\n    f.__defaults__ = (X,)",
    ),
    "asked by a default": (
        "import os\ndef f(x=os.getcwd() == '/'): pass\n",
        [2],
        [],
        True,
        "if True:\n    f.__defaults__ = (os.getcwd() == '/',)",
    ),
    "called with a default": (
        "import os\ndef f(x=os.getcwd() == '/'): return x\nclass A:\n    y = f()\n",
        [2],
        [],
        True,
        f"if True:\n    f.__defaults__ = (os.getcwd() == '/',)\nif True:\n    {attribute('y', 'f()')}",
    ),
    "deleted": (
        "import os\nX = ['a']\nif not os.path.exists('a'):\n    X.remove('a')\ndel os\nY = X + ['b']\n",
        [3],
        [],
        True,
        "import os\nX = ['a']\nif not os.path.exists('a'):\n    X.remove('a')\nY = X + ['b']\ndel os",
    ),
    "a name that is deleted": (
        "import os\nX = os.path.exists('/a')\nY = [X]\ndel X, os\n",
        [2],
        [],
        True,
        "import os\nX = os.path.exists('/a')\nY = [X]\ndel X\ndel os",
    ),
    "in each case": (
        "import os\nX = os.path.exists('/a')\nif X:\n    Y = 1\nelse:\n    Y = 2\n",
        [2],
        [],
        True,
        "X = os.path.exists('/a')\nif X:\n    Y = 1\nelse:\n    Y = 2",
    ),
    "in each case of an error": (
        "import os\ntry:\n    X = os.listdir('/a')\nexcept OSError:\n    X = []\n",
        [3],
        [],
        True,
        "try:\n    X = os.listdir('/a')\nexcept OSError:\n    X = []",
    ),
    "in one case": ("import os\nX = os.path.exists('/a')\nif not X:\n    Y = 1\n", [2], [], True, None),
    "but for an error": ("import os\ntry:\n    X = os.listdir('/a')\nexcept OSError:\n    pass\n", [3], [], True, None),
    "for each": ("import os\nX = {}\nfor name in os.listdir('/a'):\n    X[name] = 1\n", [3], [], True, None),
    "in one case of a script": (
        "import os\nX = os.path.exists('/a')\nif __name__ == '__main__':\n    Y = X\n",
        [2],
        [],
        True,
        "X = os.path.exists('/a')",
    ),
    "bound again": ("import os\nX = os.path.exists('/a')\ndef X(): pass\n", [2], [], True, None),
    "bound before": (
        "import os\nfrom a import X\nX = os.path.exists('/a')\n",
        [3],
        [],
        True,
        "X = os.path.exists('/a')",
    ),
    "used": ("import os\nX = os.path.exists('/a')\nif X:\n    import b\n", [2], [], True, None),
    "decorated": ("import os\nX = os.path.exists('/a')\n@f(X)\ndef g(): pass\n", [2], [], True, None),
    "class body": (
        "import os\nX = os.path.exists('/a')\nclass A:\n    x = X\n",
        [2],
        [],
        True,
        f"X = os.path.exists('/a')\nif True:\n    {attribute('x', 'X')}",
    ),
    "class that asks and uses": (
        "import os\nX = os.getcwd() == '/'\nclass A:\n    x = os.getpid() == 1\n    y = X\n",
        [2, 4],
        [],
        True,
        f"X = os.getcwd() == '/'\nif True:\n    {attribute('x', 'os.getpid() == 1')}\n    {attribute('y', 'X')}",
    ),
    "class that asks and tests": (
        "import os\nX = os.getcwd() == '/'\nclass A:\n    x = os.getpid() == 1\n    if X:\n        y = 1\n",
        [2, 4],
        [],
        True,
        None,
    ),
    "class made by another": (
        "import os\nX = os.path.exists('/a')\nclass A(metaclass=M):\n    x = X\n",
        [2],
        [],
        True,
        None,
    ),
    "class with a test": (
        "import os\nX = os.path.exists('/a')\nclass A:\n    if X:\n        x = 1\n",
        [2],
        [],
        True,
        None,
    ),
    "class of a base": ("import os\nX = os.path.exists('/a')\nclass A(f(X)):\n    x = X\n", [2], [], True, None),
}


@pytest.mark.parametrize("name", RERUN)
def test_rerun(newest_target: TargetPython, tmp_path: Path, name: str):
    """A statement that only gives names values can be run again, with what copies them; nothing else may have used them."""
    source, lines, names, is_strict, expected = RERUN[name]
    assert rerun(newest_target, {"package.module": source}, tmp_path, lines, names, is_strict=is_strict) == (
        {"package.module": expected} if expected else None
    )


def rerun(
    target: TargetPython,
    sources: Mapping[str, str],
    folder: Path,
    lines: Sequence[int],
    names: Sequence[str] = (),
    *,
    is_strict: bool = True,
    differing: Mapping[str, list[str]] | None = None,
    called: Mapping[str, list[int]] | None = None,
) -> Mapping[str, str] | None:
    """What is run again, by modules; the first of the sources asks. `called`: first lines of functions, by modules."""
    for name, text in sources.items():
        (folder / f"{name}.py").write_text(text)
    modules = [
        {
            "name": name,
            "path": str(folder / f"{name}.py"),
            "lines": None,
            "called": called.get(name, []) if called is not None else None,
        }
        for name in sources
    ]
    request = {
        "modules": modules,
        "lines": lines if is_strict else [],
        "hints": [] if is_strict else lines,
        "names": names,
        "is_strict": is_strict,
        "differing": differing,
    }
    answer = ask(target, "snapshot", "rerun", request)
    assert bool(answer["pieces"]) != bool(answer["obstacle"])
    assert isinstance(answer["pieces"], list)
    return {each["module"]: each["text"] for each in answer["pieces"]} or None


def test_rerun_in_importers(newest_target: TargetPython, tmp_path: Path):
    """What other modules copy is copied again there; what they use in another way cannot be run again."""
    asking = "import os\nX = os.path.exists('/a')\n"
    for other, expected in (
        ("import module\ndef f(): return module.X\n", {}),
        ("from module import X\n", {"other": "from module import X"}),
        ("from module import X as Y\nZ = [Y]\n", {"other": "from module import X as Y\nZ = [Y]"}),
        ("import module\nZ = module.X\n", {"other": "Z = module.X"}),
        ("from elsewhere import X\nprint(X)\n", {}),
    ):
        found = rerun(newest_target, {"module": asking, "other": other}, tmp_path, [2])
        assert found == {"module": "X = os.path.exists('/a')", **expected}
    for other in ("from module import X\nprint(X)\n", "import module\nprint(module.X)\n"):
        assert rerun(newest_target, {"module": asking, "other": other}, tmp_path, [2]) is None


USING_FUNCTIONS = """from module import X
from elsewhere import keep

def nothing(): return 1

@keep
@keep(2)
def function(): return X

class C:
    @property
    def value(self): return X

C().value
"""


@pytest.mark.parametrize(
    ("called", "holds"), [(None, False), ([], True), ([4], True), ([6], False), ([11], False), ([4, 11], False)]
)
def test_functions_that_nobody_called(
    newest_target: TargetPython, tmp_path: Path, called: list[int] | None, holds: bool
):
    """What a function uses counts if it was called, or if that is not known; a decorated one begins with its first decorator."""
    asking = "import os\nX = os.path.exists('/a')\n"
    sources = {"module": asking, "other": USING_FUNCTIONS}
    found = rerun(newest_target, sources, tmp_path, [2], called=None if called is None else {"other": called})
    expected = {"module": "X = os.path.exists('/a')", "other": "from module import X"}
    assert found == (expected if holds else None)


def test_an_attribute_that_another_module_makes(newest_target: TargetPython, tmp_path: Path):
    """Who asks a module for an attribute that it makes of a given name is found, though no word of the source is that name."""
    sources = {
        "module": "import os\nX = os.path.exists('/a')\n",
        "maker": "import module\ndef __getattr__(name): return module.X\n",
        "other": "import maker as made\nprint(made.kind)\n",
    }
    assert rerun(newest_target, sources, tmp_path, [2]) is None
    sources["other"] = "import maker as made\n"
    assert rerun(newest_target, sources, tmp_path, [2]) == {"module": "X = os.path.exists('/a')"}


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\f\n", "\u2028#\n"])
def test_lines_of_statements(newest_target: TargetPython, tmp_path: Path, ending: str):
    """A statement is found by its lines, whatever else but their ends looks like the end of one."""
    sources = {
        "module": "import os\nX = os.path.exists('/a')\n",
        "other": f"import module #{ending}#{ending}@print\ndef function():\n    return module.X\n",
    }
    assert rerun(newest_target, sources, tmp_path, [2]) is None


@pytest.mark.parametrize(
    ("exported", "copied"),
    [
        ("", "from module import X"),
        ("__all__ = ['X', 'get']\n", "from module import X"),
        ("__all__ = ('get',)\n", ""),
        ("__all__ = names()\n", None),
        ("__all__ = ['X']\n__all__ += names()\n", None),
    ],
)
def test_rerun_of_all_names(newest_target: TargetPython, tmp_path: Path, exported: str, copied: str | None):
    """`from MODULE import *` copies what the module shows, if its source tells that."""
    asking = f"import os\nX = os.path.exists('/a')\ndef get(): pass\n{exported}"
    found = rerun(newest_target, {"module": asking, "other": "from module import *\n"}, tmp_path, [2])
    assert (None if found is None else found.get("other", "")) == copied


@pytest.mark.parametrize(
    ("use", "copied"),
    [
        ("class A:\n    x = X\n", ""),
        ("class A:\n    x = X in '/'\n", "\nif True:\n    " + attribute("x", "X in '/'")),
        ("@f(X)\ndef g(): pass\n", ""),
        ("@f('/' if X else '.')\ndef g(): pass\n", None),
        ("class A:\n    x = SAME\n", f"\nif True:\n    {attribute('x', 'SAME')}"),
        ("def g(): return SAME\nclass A:\n    x = g()\n", f"\nif True:\n    {attribute('x', 'g()')}"),
        ("def g(): return SAME\nclass A:\n    x = g\n", ""),
        ("def g(SAME): return SAME\nclass A:\n    x = g()\n", ""),
    ],
)
def test_differing_names(newest_target: TargetPython, tmp_path: Path, use: str, copied: str | None):
    """Who keeps a value that differs between machines is found by comparing; who keeps a bit of it, or a value that does not, is not."""
    source = f"import os\nX = os.getcwd()\nSAME = X == '/'\n{use}"
    found = rerun(newest_target, {"module": source}, tmp_path, [2], differing={"module": ["X"]})
    assert found == (None if copied is None else {"module": f"X = os.getcwd()\nSAME = X == '/'{copied}"})


DECORATOR = """
from module import get
def decorator(function):
    def inner(): return get() and function()
    return inner
"""

METHODS = """
from module import get
class B:
    def asking(): return get()
    @staticmethod
    def other(value=1): return value
    @classmethod
    def through(cls): return cls.asking()
"""


def test_other_objects_of_a_name(newest_target: TargetPython, tmp_path: Path):
    """An attribute of another module, and a variable of a function, have nothing to do with the name of a module."""
    asking = "import os\nX = os.path.exists('/a')\ndef get(): return X\n"
    for other, holds in (
        ("import ssl\nZ = [ssl.X]\nclass A:\n    x = ssl.X\n", True),
        ("import module\nclass A:\n    x = module.X\n", False),
        ("from unknown import thing\nclass A:\n    x = thing.X\n", True),
        ("class A:\n    x = f().X\n", False),
        ("class A:\n    x = {}.get('X')\n", True),
        ("import module\nclass A:\n    x = module.get()\n", False),
        ("try:\n    from module import get\nexcept ImportError:\n    pass\nclass A:\n    x = get()\n", False),
        ("import module\nif True:\n    def g(): return module.X\nclass A:\n    x = g()\n", False),
        ("import sys, module\nif sys.platform == 'win32':\n    print(module.X)\n", True),
        ("import sys, module\nif not sys.platform.startswith('win'):\n    print(module.X)\n", False),
        ("import sys, module\nif sys.platform != 'linux':\n    pass\nelse:\n    print(module.X)\n", False),
        ("from module import get\nTABLE = [get]\nclass A:\n    x = TABLE[0]()\n", False),
        ("from module import get\nclass A:\n    x = isinstance(1, get)\n", True),
        (f"{DECORATOR}@decorator\ndef g(): pass\n", True),
        (f"{DECORATOR}@decorator\ndef g(): pass\nclass A:\n    x = g()\n", False),
        (f"{METHODS}@f(B.other())\ndef g(): pass\n", True),
        (f"{METHODS}@f(B.asking())\ndef g(): pass\n", False),
        (f"{METHODS}@f(B.through())\ndef g(): pass\n", False),
    ):
        found = rerun(newest_target, {"module": asking, "other": other}, tmp_path, [2])
        assert (found is not None and "other" not in found) is holds, other


def test_rerun_of_a_copy(newest_target: TargetPython, tmp_path: Path):
    """A copy is followed to whoever copies it from there."""
    sources = {"a": "import os\nX = os.path.exists('/a')\n", "b": "from a import X as Y\n", "c": "from b import Y\n"}
    assert rerun(newest_target, sources, tmp_path, [2]) == {
        "a": "X = os.path.exists('/a')",
        "b": "from a import X as Y",
        "c": "from b import Y",
    }
