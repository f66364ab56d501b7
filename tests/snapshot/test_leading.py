"""What a program does first, and which of its statements can be run again."""

from __future__ import annotations

import json
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
        run_worker(target.executable, stage, module, job=json.dumps(request).encode()).stdout
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


RERUN = {
    "assignment": ("import os\nX = os.getcwd()\n", [2], [], False, [2, 2]),
    "try": ("import os\ntry:\n    X = os.getcwd()\nexcept OSError:\n    X = ''\n", [3], [], False, [2, 5]),
    "by name": ("from a import b\nX = b()\nY = 1\n", [], ["X"], False, [2, 2]),
    "call": ("import os\nos.chdir('/')\n", [2], [], True, None),
    "class": ("import os\nclass A:\n    x = os.getcwd()\n", [3], [], True, None),
    "strict": ("import os\nX = os.path.exists('/a')\ndef f(): return X\n", [2], [], True, [2, 2]),
    "used": ("import os\nX = os.path.exists('/a')\nY = not X\n", [2], [], True, None),
    "a default": ("import os\nX = os.path.exists('/a')\ndef f(x=X): pass\n", [2], [], True, None),
}


@pytest.mark.parametrize("name", RERUN)
def test_rerun(newest_target: TargetPython, tmp_path: Path, name: str):
    """A statement that only gives names values can be run again; nothing may have used them, where that is not seen."""
    source, lines, names, is_strict, expected = RERUN[name]
    path = tmp_path / "module.py"
    path.write_text(source)
    request = {"path": str(path), "lines": lines, "names": names, "importers": [], "is_strict": is_strict}
    assert ask(newest_target, "snapshot", "rerun", request)["lines"] == expected


def test_rerun_imported_name(newest_target: TargetPython, tmp_path: Path):
    """A name that another module imports is used."""
    path, other = tmp_path / "module.py", tmp_path / "other.py"
    path.write_text("import os\nX = os.path.exists('/a')\n")
    other.write_text("from module import X\n")
    request = {"path": str(path), "lines": [2], "names": [], "importers": [str(other)], "is_strict": True}
    assert ask(newest_target, "snapshot", "rerun", request)["lines"] is None
    other.write_text("import module\ndef f(): return module.X\n")
    assert ask(newest_target, "snapshot", "rerun", request)["lines"] == [2, 2]
