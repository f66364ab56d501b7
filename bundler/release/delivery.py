"""Noun: the files that go with a binary, decided before it is linked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True, slots=True)
class Member:
    """A file of an archive: its path there, and the file that it comes from, or else the target of a link."""

    path: PurePosixPath
    source: Path | None
    link: str = ""
    is_executable: bool = False

    @property
    def mode(self) -> int:
        """Its permissions, of which sources decide only whether it can be executed."""
        return 0o755 if self.is_executable else 0o644


@dataclass(frozen=True, slots=True)
class Delivery:
    """The files that go with a binary. `members`: the contents of each archive. `summed`: files to write checksums of.

    `project`, `version`: of the project that the program belongs to (the name in canonical form), or "". `source_date`: the
    time that files bear, in seconds since 1970, or None for a fixed one.
    """

    output: Path
    project: str = ""
    version: str = ""
    sbom: Path | None = None
    notices: Path | None = None
    links: tuple[Path, ...] = ()
    archives: tuple[Path, ...] = ()
    members: tuple[Member, ...] = ()
    summed: tuple[Path, ...] = ()
    source_date: int | None = None

    @property
    def needs_inventory(self) -> bool:
        """True if the components of the binary are to be listed."""
        return self.sbom is not None or self.notices is not None

    @property
    def checksums(self) -> tuple[Path, ...]:
        """The files with checksums."""
        return tuple(path.with_name(f"{path.name}.sha256") for path in self.summed)
