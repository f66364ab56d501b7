"""The C library of the build machine as archives, for executables without a dynamic linker. Verb: `find_static_library`."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import tomli

from bundler.elf import archive_symbols
from bundler.errors import BundleError
from bundler.toolchain import Toolchain

_ARCHIVES = ("libc.a", "libm.a", "libpthread.a", "libdl.a", "librt.a", "libutil.a", "libresolv.a")

# Name services that are part of the archive since glibc 2.34. In older ones they are files, which a dynamic linker loads.
_NAME_SERVICES = frozenset({"_nss_files_getpwnam_r", "_nss_dns_gethostbyname4_r"})

OWN_FUNCTIONS = ("getentropy",)
"""Functions of an archive in whose place polyfills are linked: they work with older kernels than the archive's."""

_INSTALL = "install it (Debian, Ubuntu: `apt install libc6-dev`; Fedora: `dnf install glibc-static`)"


@dataclass(frozen=True, slots=True)
class StaticLibrary:
    """The archives of a C library. `names`: all global symbols that they define."""

    version: str  # "2.36"
    archives: tuple[Path, ...]
    names: frozenset[str]

    @property
    def options(self) -> tuple[str, ...]:
        """The linker's options for the archives; the compiler itself names libc.a."""
        stems = (path.name.removeprefix("lib").removesuffix(".a") for path in self.archives)
        return tuple(f"-l{stem}" for stem in stems if stem != "c")

    def definition(self, name: str) -> str | None:
        """The symbol of the archives for a name of the shared C library; None when they have nothing of the kind.

        An archive has one version of each function, and not the names that only old programs use.
        """
        if name in self.names:
            return name
        # Of programs compiled with -ffast-math before glibc 2.31.
        finite = re.fullmatch(r"__(\w+)_finite", name)
        present = finite[1] if finite else _renamed().get(name)
        return present if present in self.names else None


def find_static_library(toolchain: Toolchain) -> StaticLibrary:
    """The archives that the compiler links with; BundleError when there are none that serve."""
    if toolchain.bare_linker:
        raise BundleError(
            "no-static-libc",
            "the C library cannot be linked statically: zig brings none of glibc",
            hint="install gcc or clang, and name it in the variable CC",
        )
    found = [path for name in _ARCHIVES if (path := toolchain.find_file(name)) is not None]
    if not found or found[0].name != "libc.a":
        raise BundleError(
            "no-static-libc",
            f"the C library cannot be linked statically: `{toolchain.command[0]}` has no `libc.a` of glibc",
            hint=_INSTALL,
        )
    archives = tuple(found)
    names = frozenset(name for path in archives for member in _members(path) for name in archive_symbols(member))
    if not names >= _NAME_SERVICES:
        raise BundleError(
            "no-static-libc",
            f"the C library cannot be linked statically: `{found[0]}` is not that of glibc 2.34 or newer",
            notes=("older ones need files of the system to look up users and hosts",),
            hint="build on a newer system: the binary runs on old ones too",
        )
    macros = toolchain.macros("features.h")
    return StaticLibrary(f"{macros['__GLIBC__']}.{macros['__GLIBC_MINOR__']}", archives, names)


def _members(path: Path) -> Iterator[Path]:
    """The archives that a file stands for: itself, or those that a linker script names."""
    with path.open("rb") as file:
        is_archive = file.read(1) == b"!"
    if is_archive:
        yield path
    else:
        yield from map(Path, re.findall(r"[^\s()]+\.a\b", path.read_text()))


@functools.cache
def _renamed() -> Mapping[str, str]:
    table: Mapping[str, str] = tomli.loads(Path(__file__).with_name("names.toml").read_text())["renamed"]
    return table
