"""Links beside a binary of several programs, each with the name of one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from bundler.errors import BundleError


def link_names(output: Path, names: Iterable[str]) -> tuple[Path, ...]:
    """The links to be made for programs of these names; the binary itself may have the name of one."""
    return tuple(output.with_name(name) for name in names if name != output.name)


def check_links(links: Iterable[Path]) -> None:
    """BundleError when a link cannot take the place of what is there."""
    for link in links:
        if link.is_dir() and not link.is_symlink():
            raise BundleError(
                "cannot-write",
                f"`{link}` cannot be written: it is a folder",
                hint="choose another folder for the binary with `-o FILE`; nothing was changed",
            )


def make_links(output: Path, links: Iterable[Path]) -> None:
    """Make relative links to the binary, in place of earlier ones or of other files."""
    for link in links:
        with tempfile.TemporaryDirectory(prefix=".", dir=link.parent) as folder:
            made = Path(folder) / link.name
            made.symlink_to(output.name)
            made.replace(link)
