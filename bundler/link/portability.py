"""Tells how new a system must be: versions of the C library's family that a binary needs, who needs them, and limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.version import Version

from bundler.errors import BundleError, Diagnostic, Severity
from bundler.glibc import beyond
from bundler.link.manifest import SymbolVersions

EXECUTABLE = "executable"  # who needs a version, when it is no embedded library: the launcher and libpython

# Symbol versions that say how new the system must be: of the C library, the C++ library, its ABI part, and libgcc.
FAMILIES = ("GLIBC", "GLIBCXX", "CXXABI", "GCC")

_NUMBERED = re.compile(rf"({'|'.join(FAMILIES)})_(\d+(?:\.\d+)*)")

# A mark without a number: the dynamic linker understands DT_RELR since that version.
_MARKS = {"GLIBC_ABI_DT_RELR": "GLIBC_2.36"}

_MOST_NOTES = 20

_LAUNCHER = "code that the compiler or the launcher adds"

Needs = Mapping[str, SymbolVersions]
"""Versions and their symbols, by who needs them: the path of an embedded library, or `EXECUTABLE`."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version of a family that is needed, who needs it, and the symbols of that version."""

    version: str
    needed_by: tuple[str, ...]
    symbols: tuple[str, ...]


def newest_versions(needs: Needs) -> Mapping[str, Newest]:
    """The newest numbered version of each family."""
    found: dict[str, dict[Version, tuple[set[str], set[str]]]] = {}
    for who, family, version, names in _numbered(needs):
        users, symbols = found.setdefault(family, {}).setdefault(version, (set(), set()))
        users.add(who)
        symbols.update(names)
    newest = {family: max(found[family].items()) for family in FAMILIES if family in found}
    return {
        family: Newest(str(version), tuple(sorted(users)), tuple(sorted(symbols)))
        for family, (version, (users, symbols)) in newest.items()
    }


def newer_than(versions: SymbolVersions, floor: str) -> SymbolVersions:
    """The versions that a C library of a floor lacks."""
    return tuple((version, names) for version, names in versions if beyond(version, floor))


def above_floor(needs: Needs, floor: str) -> Iterator[Diagnostic]:
    """A warning if the binary starts only with a newer C library than was asked for: who needs it, and for what.

    `needs`: what is needed for a start, by the files that need it.
    """
    above = {who: found for who, versions in needs.items() if (found := newer_than(versions, floor))}
    if not above:
        return
    newest = newest_versions(above)["GLIBC"].version
    users = [_LAUNCHER if who == EXECUTABLE else _file_name(who) for who in sorted(above)]
    functions = sorted({f"`{name}`" for versions in above.values() for _, names in versions for name in names})
    yield Diagnostic(
        Severity.WARNING,
        "newer-glibc",
        f"the binary needs glibc {newest} or newer instead of {floor}: {' and '.join(users)} "
        f"{'uses' if len(users) == 1 else 'use'} functions that older ones lack",
        notes=(f"of which there is no older form: {', '.join(functions)}",) if functions else (),
        hint=f"{_older_hint(above)}, or ask for that version: `--glibc {newest}`",
    )


def _older_hint(above: Needs) -> str:
    if any("libpython" in who for who in above):
        return "build with a Python that was made on an older system"
    return "build on an older system"


def check_limits(needs: Needs, limits: Mapping[str, str]) -> None:
    """BundleError when a newer version is needed than a family's limit; all who need one are named."""
    beyond: dict[tuple[str, str], tuple[Version, tuple[str, ...]]] = {}
    for who, family, version, names in _numbered(needs):
        if family in limits and version > Version(limits[family]):
            beyond[family, who] = max((version, names), beyond.get((family, who), (version, names)))
    if not beyond:
        return
    families = [family for family in FAMILIES if any(key[0] == family for key in beyond)]
    rows = sorted(beyond.items(), key=lambda row: (FAMILIES.index(row[0][0]), row[0][1] != EXECUTABLE, row[0][1]))
    notes = [
        f"{family}_{version} is needed by {_who(who)}{f', for `{names[0]}`' if names else ''}"
        for (family, who), (version, names) in rows
    ]
    left_out = len(notes) - _MOST_NOTES
    if left_out > 0:
        notes[_MOST_NOTES:] = [f"and {left_out} more"]
    allowed = ", ".join(f"`--max-{family.lower()} {limits[family]}`" for family in families)
    raise BundleError(
        "too-new",
        f"the binary would need newer libraries than {allowed} allows",
        notes=tuple(notes),
        hint="set `--glibc` no newer than the limit, or use a Python or a wheel that was made for an older system",
    )


def _numbered(needs: Needs) -> Iterable[tuple[str, str, Version, tuple[str, ...]]]:
    """Needs as rows: who, family, version, symbols."""
    for who, versions in needs.items():
        for each, names in versions:
            matched = _NUMBERED.fullmatch(_MARKS.get(each, each))
            if matched:
                yield who, matched[1], Version(matched[2]), names


def _who(who: str) -> str:
    return "the executable (launcher and libpython)" if who == EXECUTABLE else _file_name(who)


def _file_name(path: str) -> str:
    return f"`{path.rpartition('/')[2]}`"
