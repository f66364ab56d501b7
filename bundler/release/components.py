"""Nouns: the components of a binary, as a bill of materials and licence notices list them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class ComponentKind(Enum):
    """The kind of a component; the value is its title in notices."""

    PYTHON = "Python"
    DISTRIBUTION = "Distributions"
    LIBRARY = "Libraries"


@dataclass(frozen=True, slots=True)
class Component:
    """A part of a binary that somebody else made.

    `version`, `licence`: "" if nobody knows; the licence is an SPDX expression if `is_expression`, else in the words of who
    made it. `texts`: files with its licences. `files`: shared libraries in the binary, as they were on the build machine.
    `requires`: names of distributions. `duty`: what its licence asks of those who give the binary to others.
    `installed_sha256`: a digest of a distribution's list of files (`installed_files_digest`), "" if it has none.
    """

    kind: ComponentKind
    name: str
    version: str = ""
    licence: str = ""
    is_expression: bool = False
    texts: tuple[Path, ...] = ()
    files: tuple[Path, ...] = ()
    requires: tuple[str, ...] = ()
    duty: str = ""
    installed_sha256: str = ""

    @property
    def purl(self) -> str:
        """The package URL (github.com/package-url/purl-spec)."""
        kind = "pypi" if self.kind is ComponentKind.DISTRIBUTION else "generic"
        return f"pkg:{kind}/{self.name}{f'@{self.version}' if self.version else ''}"


@dataclass(frozen=True, slots=True)
class Inventory:
    """All components of a binary, with the name and the version ("" if it has none) of its program."""

    name: str
    version: str
    components: tuple[Component, ...]
