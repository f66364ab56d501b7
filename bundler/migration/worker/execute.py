"""Executes a spec file or a setup script, and records the calls of the tool's classes in place of doing what they do."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from .schema import ExecuteJob, RecordedCall, Value

_calls: list[Call] = []


class Collected:
    """The result of a helper: the option that collects the same, and the package."""

    def __init__(self, option: str, name: str) -> None:
        self.option = option
        self.name = name


class Part(list):  # type: ignore[type-arg]
    """An attribute of a call's result. Files may add to it; they find nothing in it."""

    def __init__(self, call: Call, name: str) -> None:
        super().__init__()
        self.call = call
        self.name = name

    def __add__(self, other: Any) -> Any:
        return [self, *other]

    def __radd__(self, other: Any) -> Any:
        return [*other, self]


class Call:
    """A call of one of the tool's classes."""

    def __init__(self, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any], line: int) -> None:
        self.call_name = name
        self.arguments = arguments
        self.keywords = keywords
        self.line = line
        self.parts: dict[str, Part] = {}
        _calls.append(self)

    def __getattr__(self, name: str) -> Part:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.parts.setdefault(name, Part(self, name))

    def __iter__(self) -> Any:
        return iter(())


class _Stubs:
    """Finds every module of the tool's, also where it is installed: its own would begin to build."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        if name.partition(".")[0] in ("PyInstaller", "cx_Freeze"):
            return ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return ModuleType(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        vars(module).update(self._names)
        vars(module).update(is_win=False, is_darwin=False, is_linux=True)


def main() -> None:
    """Read the job from standard input, write the calls as JSON."""
    job: ExecuteJob = json.load(sys.stdin)
    output, sys.stdout = sys.stdout, sys.stderr  # what the file prints is no answer
    file = Path(job["file"])
    names: dict[str, Any] = {name: _recorder(name) for name in job["recorded"]}
    names |= {name: _helper(name, option) for name, option in job["helpers"].items()}
    names["TOC"] = list
    sys.meta_path.insert(0, _Stubs(names))
    sys.argv = [file.name]
    sys.path.insert(0, str(file.parent))
    scope = {
        **names,
        "__file__": str(file),
        "__name__": "__main__",
        "SPEC": str(file),
        "SPECPATH": str(file.parent),
        "os": os,
        "DISTPATH": str(file.parent / "dist"),
        "workpath": str(file.parent / "build"),
        "HOMEPATH": "",
        "sys": sys,
    }
    with contextlib.suppress(SystemExit):
        exec(compile(file.read_bytes(), str(file), "exec"), scope)  # noqa: S102  # it was asked for
    numbers = {id(call): number for number, call in enumerate(_calls)}
    json.dump([_row(call, numbers) for call in _calls], output)


def _recorder(name: str) -> Any:
    def record(*arguments: Any, **keywords: Any) -> Call:
        return Call(name, arguments, keywords, sys._getframe(1).f_lineno)  # noqa: SLF001

    return record


def _helper(name: str, option: str) -> Any:
    def collect(package: str, *_: Any, **__: Any) -> Any:
        found = [Collected(option, package)]
        return ([*found], [*found], [*found]) if name == "collect_all" else found

    return collect


def _row(call: Call, numbers: dict[int, int]) -> RecordedCall:
    # What the file added to attributes of the result counts as the keyword of the same name.
    added = {f"+{name}": [*part] for name, part in call.parts.items() if part}
    changed = {f"+{name}": value for name, value in vars(call).items() if type(value) is list}
    keywords = {**call.keywords, **added, **changed}
    return {
        "name": call.call_name,
        "line": call.line,
        "arguments": [_encoded(value, numbers) for value in call.arguments],
        "keywords": {name: _encoded(value, numbers) for name, value in keywords.items()},
    }


def _encoded(value: Any, numbers: dict[int, int]) -> Value:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Part():
            return {"kind": "part", "call": numbers[id(value.call)], "name": value.name}
        case Call():
            return {"kind": "call", "call": numbers[id(value)]}
        case Collected():
            return {"kind": "collected", "option": value.option, "name": value.name}
        case tuple():
            return {"kind": "tuple", "items": [_encoded(each, numbers) for each in value]}
        case list() | set() | frozenset():
            return [_encoded(each, numbers) for each in value]
        case dict():
            return {"kind": "dict", "items": [(str(key), _encoded(each, numbers)) for key, each in value.items()]}
        case os.PathLike():
            return os.fsdecode(value)
        case _:
            return {"kind": "unknown", "text": repr(value)}
