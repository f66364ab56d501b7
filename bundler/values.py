"""Converts values of options, and merges those of the command line, the project's file and the environment into settings.

The only reader of the environment for settings; other rooms hand the environment on to programs that they run.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from bundler.errors import BundleError
from bundler.interpreters import DefaultPython, default_python, find_python
from bundler.settings import (
    CACHE_LIMIT,
    CHOICES,
    ENTRIES,
    EXCLUSIVE,
    HOST,
    OLDEST_GLIBC,
    OPTIMIZE_LEVELS,
    OPTIONS,
    AddedData,
    FunctionName,
    Option,
    Release,
    Settings,
    ValueType,
)

if TYPE_CHECKING:
    from bundler.environments import Manager


@dataclass(frozen=True, slots=True)
class Given:
    """Values that were given in one place, by the fields of Settings; relative names in them start at `folder`."""

    values: Mapping[str, Any] = field(default_factory=dict)
    folder: Path = Path()

    def without(self, fields: Container[str]) -> Given:
        """These values without those of some fields."""
        return Given({field: value for field, value in self.values.items() if field not in fields}, self.folder)

    def only(self, fields: Container[str]) -> Given:
        """These values for some fields alone."""
        return Given({field: value for field, value in self.values.items() if field in fields}, self.folder)

    def with_value(self, field: str, value: Any) -> Given:
        """These values with another one."""
        return Given({**self.values, field: value}, self.folder)

    def conflict(self) -> tuple[Option, ...]:
        """Options that exclude each other, if two of a group are given."""
        for group in EXCLUSIVE:
            both = [OPTIONS[name] for name in group if self.values.get(name)]
            if len(both) > 1:
                return tuple(both)
        return ()


def is_path(target: str, folder: Path) -> bool:
    """True if TARGET names a file or a folder, existing or not, rather than a function."""
    return target.endswith(".py") or "/" in target or (folder / target).exists()


def fits(kind: ValueType, raw: object) -> bool:
    """True if this TOML value is of the type that such an option takes."""
    match kind:
        case ValueType.SWITCH:
            return isinstance(raw, bool)
        case ValueType.LEVEL:
            return type(raw) is int and raw in OPTIMIZE_LEVELS
        case ValueType.EXTENT | ValueType.LINKAGE | ValueType.SNAPSHOT | ValueType.SYSTEM:
            return raw in CHOICES[kind]
        case ValueType.VERSION | ValueType.FLOOR:
            return isinstance(raw, str)
        case ValueType.TEXTS | ValueType.FUNCTIONS | ValueType.PATHS | ValueType.DATA:
            return isinstance(raw, list) and all(isinstance(item, str) for item in raw)
        case ValueType.ARCHIVES:
            return isinstance(raw, list) and all(item in CHOICES[kind] for item in raw)
        case ValueType.TEXT | ValueType.TARGET | ValueType.PATH | ValueType.PYTHON | ValueType.ARGUMENTS:
            return isinstance(raw, str)


def convert(kind: ValueType, raw: Any, folder: Path) -> Any:  # one type for each kind
    """The value of Settings for one that fits; ValueError, with words for the user, when it makes no sense."""
    match kind:
        case ValueType.TARGET:
            return str(folder / raw) if is_path(raw, folder) else raw
        case ValueType.PATH:
            return folder / os.path.expanduser(raw)  # noqa: PTH111  # Path's raises when there is no such user
        case ValueType.PYTHON:
            return find_python(os.path.expanduser(raw), folder, environment())  # noqa: PTH111
        case ValueType.TEXTS | ValueType.ARCHIVES:
            return tuple(raw)
        case ValueType.FUNCTIONS:
            return tuple(map(_function_name, raw))
        case ValueType.PATHS:
            return tuple(folder / os.path.expanduser(item) for item in raw)  # noqa: PTH111
        case ValueType.DATA:
            return tuple(_added_data(item, folder) for item in raw)
        case ValueType.LEVEL:
            return int(raw)
        case ValueType.ARGUMENTS:
            try:
                return tuple(shlex.split(raw))
            except ValueError as error:
                raise ValueError(f"`{raw}` is not quoted as in a shell: {str(error).lower()}") from error
        case ValueType.FLOOR if raw == HOST:
            return raw
        case ValueType.FLOOR | ValueType.VERSION:
            if not re.fullmatch(r"\d+(\.\d+)*", raw):
                raise ValueError(f"`{raw}` is not a version, such as `2.31`")
            if kind is ValueType.FLOOR and _numbers(raw) < _numbers(OLDEST_GLIBC):
                raise ValueError(f"`{raw}` is older than the oldest that is supported, `{OLDEST_GLIBC}`")
            return raw
        case (
            ValueType.TEXT
            | ValueType.EXTENT
            | ValueType.LINKAGE
            | ValueType.SNAPSHOT
            | ValueType.SYSTEM
            | ValueType.SWITCH
        ):
            return raw


def _function_name(text: str) -> FunctionName:
    module, _, name = text.partition(":")
    if not all(part.isidentifier() for part in (*module.split("."), *name.split("."))):
        raise ValueError(f"`{text}` is not of the form MODULE:FUNCTION, such as `shop.cli:make_parser`")
    return FunctionName(module, name)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _added_data(text: str, folder: Path) -> AddedData:
    source, colon, destination = text.rpartition(":")
    if not (source and colon and destination):
        raise ValueError(f"`{text}` is not of the form SRC:DEST, such as `data/*.json:data`")
    place = PurePosixPath(destination)
    if place.is_absolute() or ".." in place.parts:
        raise ValueError(f"`{destination}` is not a folder of the binary: name one without a leading `/` and `..`")
    return AddedData(folder / os.path.expanduser(source), place)  # noqa: PTH111


# --- Putting it together ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Around:
    """Facts about the project around a program. `folder`: that of its file. The others: as in Settings and Project."""

    folder: Path = Path()
    source_folders: tuple[Path, ...] = ()
    manager: Manager | None = None
    release: Release | None = None


def layered(layers: Iterable[Given]) -> dict[str, Any]:
    """The values of several places, of which later ones win. Lists add up.

    An option that excludes others of an earlier place replaces them: `-m` on the command line sets `target` in a file aside.
    """
    values: dict[str, Any] = {}
    for layer in layers:
        for group in EXCLUSIVE:
            if any(layer.values.get(name) for name in group):
                for name in group:
                    values.pop(name, None)
        for name, value in layer.values.items():
            values[name] = (*values.get(name, ()), *value) if OPTIONS[name].kind.is_list else value
    return values


def combine(flags: Given, written: Sequence[Given], around: Around, variables: Mapping[str, str]) -> Settings:
    """The settings of a program: flags win over what is written in files, the last first, and this over the environment."""
    values = layered((*written, flags))
    python = (
        DefaultPython(values["python"])
        if "python" in values
        else default_python(variables, (around.folder, Path()), around.manager)
    )
    values["python"] = python.path.absolute()
    values["cache_dir"] = cache_dir(flags, layered(written), variables)
    given_by_flag = any(flags.values.get(name) for name in ENTRIES)
    return Settings(
        **values,
        cache_limit=cache_limit(variables),
        compiler=variables.get("CC") or None,
        library_folders=tuple(filter(None, variables.get("LD_LIBRARY_PATH", "").split(":"))),
        findings=python.findings,
        folder=flags.folder if given_by_flag else around.folder,
        source_folders=around.source_folders,
        release=around.release,
        source_date=source_date(variables),
    )


def source_date(variables: Mapping[str, str]) -> int | None:
    """The time that files of a release bear (reproducible-builds.org, SOURCE_DATE_EPOCH); BundleError when that is no time."""
    text = variables.get("SOURCE_DATE_EPOCH", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()):
        raise BundleError(
            "bad-source-date",
            f"the variable SOURCE_DATE_EPOCH: `{text}` is not a number of seconds since 1970, such as `1767225600`",
            hint="correct the variable, or unset it",
        )
    return int(text)


def environment() -> Mapping[str, str]:
    """The environment variables, for `combine`."""
    return os.environ


def default_cache_dir(variables: Mapping[str, str] = os.environ) -> Path:
    """$BUNDLER_CACHE_DIR, else `bundler` in the user's cache folder (XDG base directory specification)."""
    chosen = variables.get("BUNDLER_CACHE_DIR")
    if chosen:
        return Path(chosen)
    base = Path(variables.get("XDG_CACHE_HOME") or "")
    if base.is_absolute():  # the specification says to ignore a relative one
        return base / "bundler"
    try:
        return Path.home() / ".cache" / "bundler"
    except RuntimeError as error:
        raise BundleError(
            "no-home",
            "there is no home folder to keep compiled modules in",
            hint="name a folder with `--cache-dir DIR`",
        ) from error


def cache_dir(flags: Given, written: Mapping[str, Any], variables: Mapping[str, str]) -> Path:
    """The cache folder. The environment wins over the project's file: it belongs to a machine, the file to all who build."""
    chosen: Path | None = flags.values.get("cache_dir")
    if chosen is None and not variables.get("BUNDLER_CACHE_DIR"):
        chosen = written.get("cache_dir")
    return (chosen or default_cache_dir(variables)).absolute()


_UNITS = {"": 1, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def cache_limit(variables: Mapping[str, str]) -> int:
    """The size that the cache may have, in bytes, of $BUNDLER_CACHE_SIZE; BundleError when that is no size."""
    text = variables.get("BUNDLER_CACHE_SIZE", "").strip()
    try:
        return size_of(text) if text else CACHE_LIMIT
    except ValueError as error:
        raise BundleError(
            "bad-cache-size", f"the variable BUNDLER_CACHE_SIZE: {error}", hint="correct the variable, or unset it"
        ) from error


def size_of(text: str) -> int:
    """A number of bytes, of a text such as "500M" or "2 GB"; ValueError, with words for the user, if it is none."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([kmgt]?)b?", text.lower())
    if found is None:
        raise ValueError(f"`{text}` is not a size, such as `500M` or `2G`")
    return int(float(found[1]) * _UNITS[found[2]])


def seconds_of(text: str) -> float:
    """A duration in seconds, of a text such as "30d" or "12h"; ValueError, with words for the user, if it is none."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if found is None:
        raise ValueError(f"`{text}` is not a time, such as `30d`, `12h` or `10m`")
    return float(found[1]) * _SECONDS[found[2]]
