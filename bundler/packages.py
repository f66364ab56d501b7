"""The package manager of this machine's distribution: which family it belongs to, and how it finds the package of a file."""

from __future__ import annotations

import platform
from collections.abc import Mapping

# By the distribution's family: the command that names the package which holds a shared library.
_SEARCHES: Mapping[str, str] = {
    "debian": "apt-file search {name}",
    "fedora": "dnf provides '*/{name}'",
    "suse": "zypper search --provides '{name}*'",
    "arch": "pacman -F {name}",
}


def family_of_system() -> str:
    """The family of this machine's distribution (os-release(5), ID and ID_LIKE), or "" for one that is not known."""
    try:
        facts = platform.freedesktop_os_release()
    except OSError:
        return ""
    names = [facts.get("ID", ""), *facts.get("ID_LIKE", "").split()]
    return next((family for family in _SEARCHES for name in names if name.startswith(family)), "")


def library_hint(name: str) -> str:
    """The hint for a shared library that is not on this machine: how to find its package, if the system has a search."""
    search = _SEARCHES.get(family_of_system())
    how = f"find its package with `{search.format(name=name)}` and install it" if search else "install its package"
    return f"{how} on this machine: the library becomes part of the binary"
