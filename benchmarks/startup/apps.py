"""The programs, what they need and how they are started."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_EXAMPLES = _ROOT / "examples"
_PROGRAMS = Path(__file__).parent / "programs"

# Some 300 lines of Python that everybody has.
SUBJECT = Path(copy.__file__)


@dataclass(frozen=True, slots=True)
class App:
    """A program: its main file, what pip installs for it, and its starts by name, each a list of arguments."""

    name: str
    source: Path
    starts: Mapping[str, tuple[str, ...]]
    requirements: tuple[str, ...] = ()


APPS = (
    App("hello", _EXAMPLES / "hello" / "hello.py", {"hello": ()}),
    App(
        "wordcount",
        _EXAMPLES / "wordcount" / "__main__.py",
        {"wordcount": (str(_EXAMPLES / "wordcount" / "counting.py"),)},
    ),
    App(
        "greet",
        _EXAMPLES / "greet" / "greet.py",
        {"greet --help": ("--help",)},
        ("-r", str(_EXAMPLES / "greet" / "requirements.txt")),
    ),
    App("httpie", _PROGRAMS / "httpie_program.py", {"http --version": ("--version",)}, ("httpie==3.2.4",)),
    App(
        "black",
        _PROGRAMS / "black_program.py",
        # `--diff` formats each time; without it black remembers what it has seen.
        {"black --version": ("--version",), "black FILE": ("--quiet", "--diff", str(SUBJECT))},
        ("black==26.10.1",),
    ),
    App("flask", _PROGRAMS / "flask_program.py", {"Flask, one request": ()}, ("flask==3.1.3",)),
    App("numpy", _PROGRAMS / "numpy_program.py", {"numpy": ()}, ("numpy==2.5.5",)),
    App("pydantic", _PROGRAMS / "pydantic_program.py", {"pydantic": ()}, ("pydantic==2.14.3",)),
)
