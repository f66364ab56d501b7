"""Programs that run everywhere. Noun: `Subject`, all of which are in `SUBJECTS`; verb: `build`."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import REQUIREMENTS
from tests.support import EXAMPLES, ROOT, Program
from tests.systems.pythons import Python

_HERE = Path(__file__).parent / "programs"
_WHEELS = ROOT / "tests" / "wheels"


@dataclass(frozen=True)
class Subject:
    """A program and its runs. It is a file, or a console script of what is installed.

    `requirements`: files of them. `files`: in the working folder, by name. `extensions`: C++ sources beside the program.
    `newest`: the last Python for which there are wheels of all that is required.
    """

    name: str
    source: Path | None = None
    script: str = ""
    requirements: tuple[Path, ...] = ()
    runs: tuple[tuple[str, ...], ...] = ((),)
    files: Mapping[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()
    newest: str = ""


def _uses(source: Path) -> tuple[tuple[str, ...], ...]:
    """A run for each of a program's uses: with an old kernel Python itself fails in some of them."""
    return tuple((name,) for name in re.findall(r"^def use_(\w+)\(\)", source.read_text(), re.MULTILINE))


_PROGRAM = _WHEELS / "program.py"
_STANDARD_LIBRARY = _HERE / "standard_library.py"

SUBJECTS = {
    subject.name: subject
    for subject in (
        Subject("hello", EXAMPLES / "hello" / "hello.py", runs=((), ("you",))),
        Subject("daemons", _HERE / "daemons.py", runs=((), (), ())),
        Subject("standard-library", _STANDARD_LIBRARY, runs=_uses(_STANDARD_LIBRARY)),
        Subject(
            "cpp", _HERE / "cpp" / "cpp.py", extensions=("thrower.cpp", "catcher.cpp", "unwound.cpp", "asking.cpp")
        ),
        Subject(
            "greet",
            EXAMPLES / "greet" / "greet.py",
            requirements=REQUIREMENTS,
            runs=(("languages",), ("hello", "--shout", "Ada"), ("nothing",)),
        ),
        Subject(
            "httpie",
            script="http",
            requirements=REQUIREMENTS,
            runs=(
                ("--version",),
                ("--offline", "--pretty=all", "PUT", "example.org/api", "X-Key:1", "name=value"),
                ("http://127.0.0.1:9/nobody",),
            ),
        ),
        Subject(
            "black",
            script="black",
            requirements=REQUIREMENTS,
            runs=(("--version",), ("--code", "x = { 'a':1 }"), ("--check", "a.py", "b.py"), ("none.py",)),
            # Files are worked at by several processes, and told in no order.
            files={"a.py": "x = { 'a':1,\n 'b':2 }\n", "b.py": "x = 1\n"},
        ),
        Subject(
            "wheels",
            _PROGRAM,
            requirements=(_WHEELS / "requirements.txt",),
            runs=_uses(_PROGRAM),
            newest="3.14",
        ),
    )
}


def is_possible(subject: Subject, python: Python) -> bool:
    """True if all that a program requires can be installed for a Python."""
    return not subject.newest or python.version <= subject.newest


def build(subject: Subject, python: Python, *, is_static: bool = False) -> Program:
    """The program in its two forms, the binary with or without a dynamic linker; PythonError when one cannot be made."""
    interpreter = python.environment(subject.requirements)
    folder = python.folder / subject.name
    folder.mkdir(parents=True, exist_ok=True)
    target: tuple[str, ...]
    if subject.source is None:
        source, target = interpreter.script(subject.script), ("--script", subject.script)
    else:
        source = folder / subject.source.name
        shutil.copy(subject.source, source)
        target = (str(source),)
    for name in subject.extensions:
        include = python.run([python.base, "-c", "import sysconfig; print(sysconfig.get_path('include'))"])
        _compile(subject, name, include.stdout.decode().strip(), folder, python)
    binary = folder / f"{python.linkage}{'-alone' if is_static else ''}" / source.name
    python.bundle(*target, "--python", interpreter.python, "-o", binary, *(["--static"] if is_static else []))
    return Program(interpreter, source, binary)


def _compile(subject: Subject, name: str, include: str, folder: Path, python: Python) -> None:
    """Make an extension module of a C++ source that lies beside the program."""
    assert subject.source is not None
    source = subject.source.with_name(name)
    options = ("-std=c++17", "-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", f"-I{include}")
    python.run(["c++", *options, source, "-o", folder / f"{source.stem}.abi3.so"])
