"""Decides which libraries are prelinked, and which stay files for the C library's dynamic linker. Verb: `place`.

A library that stays a file brings all that it needs as files too, for the dynamic linker knows nothing of prelinked
objects. To those that need it, it is like a library of the system: its symbols are looked up when they are loaded.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import tomli

from bundler.elf import SharedObject, Tag
from bundler.errors import BundleError
from bundler.link.bind import prelink
from bundler.link.objects import CarriedLibrary, Closure, Library, Offer, Placement, Prelinked


@functools.cache
def library_rules() -> Mapping[str, str]:
    """Reasons never to prelink libraries, by patterns of their names."""
    text = Path(__file__).with_name("carried.toml").read_text()
    return {raw["name"]: raw["reason"] for raw in tomli.loads(text)["library"]}


def place(closure: Closure, offer: Offer, rules: Mapping[str, str]) -> Placement:
    """Prelink what can be, and carry the rest.

    `rules`: reasons never to prelink, by patterns of names. BundleError when libraries can neither be prelinked nor carried.
    """
    reasons = {
        library.path: reason for library in closure.libraries if (reason := _evident_reason(library, rules)) is not None
    }
    while True:
        _check_residents(closure, reasons)
        every = _with_needed(closure, reasons)
        _check_carriable(closure, every)
        found = prelink(_without(closure, every), offer)
        if isinstance(found, Prelinked):
            return Placement(found, _carried(closure, every))
        # Refused libraries are carried; in the next pass they count as libraries of the system.
        reasons |= {refusal.path: refusal.reason for refusal in found}


def _check_residents(closure: Closure, reasons: Mapping[str, str]) -> None:
    """BundleError when a library that the executable is linked with is refused: it cannot be carried."""
    residents = closure.residents
    refused = [
        f"`{each.object.path}` cannot be linked into the binary: it {reasons[each.path]}"
        for each in closure.libraries
        if each.path in reasons and each.path in residents
    ]
    if refused:
        raise BundleError(
            "cannot-embed",
            refused[0],
            notes=tuple(refused[1:]),
            hint="choose another interpreter with `--python`, or the other kind of library with `--libpython`",
        )


def _evident_reason(library: Library, rules: Mapping[str, str]) -> str | None:
    """A reason not to prelink a library that is known before it is bound; None when there is none."""
    object_ = library.object
    names = (object_.name, object_.path.name)
    for pattern, reason in rules.items():
        if any(fnmatchcase(name, pattern) for name in names):
            return reason
    if object_.has_text_relocations:
        return "has relocations in its text"
    if any(segment.is_writable and segment.is_executable for segment in object_.loads):
        return "has memory that is both writable and executable"
    if object_.has_executable_stack:
        return "asks for an executable stack"
    if object_.headers_address is None:
        return "does not load its program headers"
    if _shares_pages(object_):
        return f"is laid out for pages smaller than {object_.machine.page_size >> 10} KiB"
    if {Tag.AUXILIARY, Tag.FILTER} & object_.tags.keys():
        return "is a filter for another library"
    return None


def _shares_pages(object_: SharedObject) -> bool:
    """True if two segments lie in one of the largest pages that kernels use, for which the object is not aligned."""
    machine, loads = object_.machine, object_.loads
    is_aligned = all(load.alignment >= machine.page_size for load in loads)
    return not is_aligned and any(
        machine.page_down(after.address) < machine.page_up(before.address + before.memory_size)
        for before, after in itertools.pairwise(loads)
    )


def _with_needed(closure: Closure, reasons: Mapping[str, str]) -> dict[str, str]:
    """Libraries that are carried, with all that they need."""
    by_name = {library.object.name: library for library in closure.libraries}
    found = dict(reasons)
    pending = [library for library in closure.libraries if library.path in reasons]
    while pending:
        needing = pending.pop(0)
        for name in needing.object.needed:
            library = by_name.get(name)
            if library is not None and library.path not in found:
                found[library.path] = f"is needed by `{needing.object.path.name}`, which is carried as a file"
                pending.append(library)
    return found


def _without(closure: Closure, reasons: Mapping[str, str]) -> Closure:
    carried = {library.object.name: library.object for library in closure.libraries if library.path in reasons}
    return replace(
        closure,
        # Libraries that the executable is linked with stay.
        libraries=tuple(
            library for library in closure.libraries if library.path not in reasons or library.path in closure.residents
        ),
        system={**closure.system, **carried},
        carried=frozenset(carried),
    )


def _carried(closure: Closure, reasons: Mapping[str, str]) -> tuple[CarriedLibrary, ...]:
    libraries = [library for library in closure.libraries if library.path in reasons]
    by_name = {library.object.name: number for number, library in enumerate(libraries)}
    every = []
    for library in libraries:
        needed = [by_name[name] for name in library.object.needed if name in by_name]
        every.append(CarriedLibrary(library, reasons[library.path], tuple(dict.fromkeys(needed))))
    return tuple(every)


def _check_carriable(closure: Closure, reasons: Mapping[str, str]) -> None:
    """BundleError, naming all of them, when libraries can neither be prelinked nor carried."""
    carried = {library.object.name: library.object for library in closure.libraries if library.path in reasons}
    refused = [
        f"`{object_.path}` can neither be prelinked nor be loaded from memory: {obstacle}"
        for object_ in carried.values()
        for obstacle in _obstacles(object_, carried, closure.linked)
    ]
    if refused:
        raise BundleError(
            "cannot-embed",
            refused[0],
            notes=tuple(refused[1:]),
            hint="exclude the modules that need them with `--exclude-module`"
            if refused[1:]
            else "exclude the module that needs it with `--exclude-module`",
        )


def _obstacles(object_: SharedObject, carried: Mapping[str, SharedObject], linked: Container[str]) -> Iterator[str]:
    """Reasons why the dynamic linker cannot load a library from memory, with the others that are carried."""
    for name in object_.needed:
        if name in linked:
            yield f"it needs `{name}`, which the binary has linked"
        elif name in carried and carried[name].soname is None:
            # The dynamic linker would not recognise it as loaded.
            yield f"`{carried[name].path.name}`, which it needs, has no DT_SONAME"
    pending, reached = list(object_.needed), set[str]()
    while pending:
        name = pending.pop()
        if name in carried and name not in reached:
            reached.add(name)
            pending += carried[name].needed
    if object_.name in reached:
        yield "it needs itself, through other libraries"
