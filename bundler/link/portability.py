"""How new a system must be: versions of the C library's family that a binary needs, who needs them, and limits to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from packaging.version import Version

from bundler.errors import BundleError

EXECUTABLE = "executable"  # who needs a version, when it is no embedded library: the launcher and libpython

# Symbol versions that say how new the system must be: of the C library, the C++ library, its ABI part, and libgcc.
FAMILIES = ("GLIBC", "GLIBCXX", "CXXABI", "GCC")

_NUMBERED = re.compile(rf"({'|'.join(FAMILIES)})_(\d+(?:\.\d+)*)")

# A mark without a number: the dynamic linker understands DT_RELR since that version.
_MARKS = {"GLIBC_ABI_DT_RELR": "GLIBC_2.36"}

_MOST_NOTES = 20


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version of a family that is needed, and who needs it."""

    version: str
    needed_by: tuple[str, ...]


def newest_versions(needs: Mapping[str, Iterable[str]]) -> Mapping[str, Newest]:
    """The newest numbered version of each family; `needs` are such as "libc.so.6:GLIBC_2.34", by who needs them."""
    found: dict[str, dict[Version, set[str]]] = {}
    for who, family, version in _numbered(needs):
        found.setdefault(family, {}).setdefault(version, set()).add(who)
    return {
        family: Newest(str(newest := max(found[family])), tuple(sorted(found[family][newest])))
        for family in FAMILIES
        if family in found
    }


def check_limits(needs: Mapping[str, Iterable[str]], limits: Mapping[str, str]) -> None:
    """BundleError when a newer version is needed than a family's limit; all who need one are named."""
    beyond: dict[tuple[str, str], Version] = {}
    for who, family, version in _numbered(needs):
        if family in limits and version > Version(limits[family]):
            beyond[family, who] = max(version, beyond.get((family, who), version))
    if not beyond:
        return
    families = [family for family in FAMILIES if any(key[0] == family for key in beyond)]
    rows = sorted(beyond.items(), key=lambda row: (FAMILIES.index(row[0][0]), row[0][1] != EXECUTABLE, row[0][1]))
    notes = [f"{family}_{version} is needed by {_who(who)}" for (family, who), version in rows]
    left_out = len(notes) - _MOST_NOTES
    if left_out > 0:
        notes[_MOST_NOTES:] = [f"and {left_out} more"]
    allowed = ", ".join(f"`--max-{family.lower()} {limits[family]}`" for family in families)
    raise BundleError(
        "too-new",
        f"the binary would need newer libraries than {allowed} allows",
        notes=tuple(notes),
        hint="build on a system as old as the oldest one it must run on; for a wheel, install a build for that system",
    )


def _numbered(needs: Mapping[str, Iterable[str]]) -> Iterable[tuple[str, str, Version]]:
    """Who needs which version of which family."""
    for who, versions in needs.items():
        for each in versions:
            name = each.rpartition(":")[2]
            matched = _NUMBERED.fullmatch(_MARKS.get(name, name))
            if matched:
                yield who, matched[1], Version(matched[2])


def _who(who: str) -> str:
    return "the executable (launcher and libpython)" if who == EXECUTABLE else f"`{who.rpartition('/')[2]}`"
