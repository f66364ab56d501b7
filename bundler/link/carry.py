"""Decides which libraries stay files, because they cannot be prelinked; the C library's dynamic linker loads those.

A library that stays a file brings all that it needs as files too, for the dynamic linker knows nothing of images. To
images that need it, it is like a library of the system: its symbols are looked up when they are loaded.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

import tomli

from bundler.errors import BundleError
from bundler.link.elf import SegmentType, SharedObject, Tag
from bundler.link.libraries import Closure, Library
from bundler.link.prelink import NotPrelinkableError, Prelinked, prelink, thread_local_layout


@dataclass(frozen=True, slots=True)
class Carried:
    """A library that stays a file, for a reason in words ("has relocations in its text").

    `needed`: those that must be loaded before it, by their places in the list of all.
    """

    library: Library
    reason: str
    needed: tuple[int, ...]

    @property
    def content(self) -> bytes:
        """The file, without search paths of the build machine."""
        object_ = self.library.object
        content = bytearray(object_.data)
        for start, size in object_.search_path_texts():
            content[start : start + size] = bytes(size)
        return bytes(content)


@dataclass(frozen=True, slots=True)
class Bound:
    """All shared objects of a binary."""

    prelinked: Prelinked
    carried: tuple[Carried, ...]


@functools.cache
def library_rules() -> Mapping[str, str]:
    """Why libraries are never prelinked, by patterns of their names."""
    text = Path(__file__).with_name("carried.toml").read_text()
    return {raw["name"]: raw["reason"] for raw in tomli.loads(text)["library"]}


def bind(
    closure: Closure,
    exported: frozenset[str],
    interposed: frozenset[str],
    rules: Mapping[str, str],
    detoured: frozenset[str] = frozenset(),
) -> Bound:
    """Prelink what can be, and carry the rest.

    `exported`, `interposed`, `detoured`: as for `prelink`. `rules`: reasons by patterns of names. BundleError when a library can
    neither be prelinked nor carried.
    """
    reasons = {
        library.path: reason
        for library in closure.libraries
        if (reason := _evident_reason(library, closure, rules)) is not None
    }
    while True:
        _check_residents(closure, reasons)
        every = _with_needed(closure, reasons)
        try:
            prelinked = prelink(_without(closure, every), exported, interposed, detoured)
            thread_local_layout(prelinked.images)
        except NotPrelinkableError as refusal:
            reasons[refusal.path] = refusal.reason
        else:
            return Bound(prelinked, _carried(closure, every))


def _check_residents(closure: Closure, reasons: Mapping[str, str]) -> None:
    """What the executable is linked with is there before anything could load it from memory."""
    for library in closure.libraries:
        if library.path in reasons and library.path in closure.residents:
            raise BundleError(
                "cannot-embed",
                f"`{library.object.path}` cannot be linked into the binary: it {reasons[library.path]}",
                hint="choose another interpreter with `--python`, or the other kind of library with `--libpython`",
            )


def _evident_reason(library: Library, closure: Closure, rules: Mapping[str, str]) -> str | None:
    """Why a library cannot be prelinked, as far as it shows without binding it."""
    object_ = library.object
    names = (object_.name, object_.path.name)
    for pattern, reason in rules.items():
        if any(fnmatchcase(name, pattern) for name in names):
            return reason
    if library.path in closure.missing:
        return f"needs `{'`, `'.join(closure.missing[library.path])}`, which is not on this machine"
    if object_.has_text_relocations:
        return "has relocations in its text"
    if any(segment.type == SegmentType.LOAD and segment.flags & 3 == 3 for segment in object_.segments):
        return "has memory that is both writable and executable"
    if object_.has_executable_stack:
        return "asks for an executable stack"
    if object_.headers_address is None:
        return "does not load its program headers"
    if {Tag.AUXILIARY, Tag.FILTER} & object_.tags.keys():
        return "is a filter for another library"
    return None


def _with_needed(closure: Closure, reasons: Mapping[str, str]) -> dict[str, str]:
    """Libraries that are carried, with all that they need."""
    by_name = {library.object.name: library for library in closure.libraries}
    found = dict(reasons)
    pending = [library for library in closure.libraries if library.path in reasons]
    while pending:
        needing = pending.pop(0)
        for name in needing.object.needed:
            library = by_name.get(name)
            if name in closure.linked:
                raise _refusal(needing.object, f"it needs `{name}`, which the binary has linked")
            if library is not None and library.path not in found:
                found[library.path] = f"is needed by `{needing.object.path.name}`, which is carried as a file"
                pending.append(library)
    return found


def _without(closure: Closure, reasons: Mapping[str, str]) -> Closure:
    carried = {library.object.name: library.object for library in closure.libraries if library.path in reasons}
    return replace(
        closure,
        # What the executable is linked with stays; for the others there is another one.
        libraries=tuple(
            library for library in closure.libraries if library.path not in reasons or library.path in closure.residents
        ),
        hosts={**closure.hosts, **carried},
        carried=frozenset(carried),
    )


def _carried(closure: Closure, reasons: Mapping[str, str]) -> tuple[Carried, ...]:
    libraries = [library for library in closure.libraries if library.path in reasons]
    by_name = {library.object.name: number for number, library in enumerate(libraries)}
    every = []
    for library in libraries:
        needed = [by_name[name] for name in library.object.needed if name in by_name]
        _check_needed(library.object, [libraries[number].object for number in needed])
        every.append(Carried(library, reasons[library.path], tuple(dict.fromkeys(needed))))
    _check_order(every)
    return tuple(every)


def _check_needed(needing: SharedObject, needed: Iterable[SharedObject]) -> None:
    """The dynamic linker recognises a library that is loaded already by its own name for itself, and by nothing else."""
    for each in needed:
        if each.soname is None:
            raise _refusal(needing, f"`{each.path.name}`, which it needs, has no DT_SONAME")


def _check_order(every: list[Carried]) -> None:
    def walk(number: int, above: tuple[int, ...]) -> Iterator[int]:
        if number in above:
            raise _refusal(every[number].library.object, "it needs itself, through other libraries")
        for needed in every[number].needed:
            if needed not in done:
                yield from walk(needed, (*above, number))
        done.add(number)
        yield number

    done: set[int] = set()
    for number in range(len(every)):
        list(walk(number, ()))


def _refusal(object_: SharedObject, reason: str) -> BundleError:
    return BundleError(
        "cannot-embed",
        f"`{object_.path}` can neither be prelinked nor be loaded from memory: {reason}",
        hint="exclude the module that needs it with `--exclude-module`",
    )
