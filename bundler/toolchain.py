"""The C compiler and linker on the user's machine: which they are, and what their families do differently."""

from __future__ import annotations

import platform
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from bundler.cache import digest
from bundler.elf import Machine
from bundler.errors import BundleError
from bundler.process import Argument, CommandError, run
from bundler.zig import OPTIONS as ZIG_OPTIONS
from bundler.zig import find_zig, linker_arguments, linker_command

_INSTALL = (
    "install one (Debian, Ubuntu: `apt install gcc libc6-dev`; anywhere: `pip install ziglang` where bundler is installed), "
    "or name it in the variable CC"
)
_INSTALL_CROSS = (
    "install the cross compiler (Debian, Ubuntu: `apt install {0.debian_compiler}`; Arch: "
    "`pacman -S {0.gnu_name}-gcc`), or name one in the variable CC"
)
_ARGUMENTS_FILE = "arguments.txt"

# Programs that keep object files by what a compiler sees, and come before it in CC: "ccache gcc".
_COMPILER_CACHES = ("ccache", "sccache", "buildcache")


class CompilerFamily(Enum):
    """Compilers with the same options; the value is a text in what `--version` prints, upper case or lower."""

    CLANG = "clang"
    GCC = "free software foundation"


_OPTIONS = {
    # Compiling and linking get the same options, and the launcher's warnings are errors.
    CompilerFamily.CLANG: ("-Wno-unused-command-line-argument",),
    CompilerFamily.GCC: (),
}


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A C compiler that also drives the linker: the words its command starts with.

    `identity` is a digest of the compiler's version and options, of all that object files depend on. `linker` is the first line of what the linker prints as its
    version ("GNU ld (GNU Binutils) 2.40"). `bare_linker` is the linker's own command where the compiler cannot drive it.
    `compiler_cache` is the command that comes before the compiler's when a file is compiled: ("/usr/bin/ccache",), or nothing.
    """

    command: tuple[str, ...]
    identity: str
    family: CompilerFamily
    linker: str
    bare_linker: tuple[str, ...] = ()
    compiler_cache: tuple[str, ...] = ()

    @property
    def ordering_flags(self) -> tuple[str, ...]:
        """Options that make the compiler write data in the order of the source; clang does so by itself."""
        return ("-fno-toplevel-reorder",) if self.family is CompilerFamily.GCC else ()

    @property
    def keeps_asm_order(self) -> bool:
        """True if top-level asm statements are written where they stand among data, with `ordering_flags`.

        gcc's manual promises it for -fno-toplevel-reorder. clang writes them before everything else.
        """
        return self.family is CompilerFamily.GCC

    def run(self, *arguments: Argument, cwd: Path | None = None) -> None:
        """Run the compiler to assemble or link; CommandError when it fails."""
        run([*self.command, *arguments], cwd=cwd)

    def compile(self, *arguments: Argument, cwd: Path) -> None:
        """Compile one file in a folder, by the compiler cache if there is one; CommandError when it fails.

        A compiler cache compares the paths that the compiler sees. Files in a folder with a random name must be named relative
        to it.
        """
        run([*self.compiler_cache, *self.command, *arguments], cwd=cwd)

    def archive(self, objects: Sequence[Path], output: Path) -> None:
        """Make a static library, the same bytes from the same objects; CommandError when that fails."""
        if self.bare_linker:
            command: tuple[Argument, ...] = (self.command[0], "ar")
        else:
            command = (self.program("ar"),)
        run([*command, "rcsD", output, *objects])

    def program(self, name: str) -> str:
        """The command of a program that belongs to the compiler, such as `objdump`; it need not be installed."""
        printed = run([*self.command, f"-print-prog-name={name}"]).stdout.decode(errors="surrogateescape").strip()
        return printed or name

    def macros(self, header: str) -> Mapping[str, str]:
        """The macros that are defined where a header of the C library is included; CommandError when there is none."""
        printed = run([*self.command, "-E", "-dM", "-include", header, "-x", "c", "/dev/null"]).stdout.decode()
        lines = (line.split(" ", 2) for line in printed.splitlines())
        return {words[1]: words[2] for words in lines if len(words) > 2}

    def find_file(self, name: str) -> Path | None:
        """A file that comes with the compiler or the C library; None when there is none."""
        printed = run([*self.command, f"-print-file-name={name}"]).stdout.decode(errors="surrogateescape").strip()
        path = Path(printed)
        return path if path.is_absolute() and path.is_file() else None

    def link(self, arguments: Sequence[str], folder: Path, glibc: str | None = None) -> None:
        """Link in a folder with a compiler's arguments, of which relative paths are its own; CommandError when it fails.

        `glibc`: the version of the C library, for a linker that brings its own.
        """
        command = self.bare_linker or self.command
        words = linker_arguments(self.command, arguments, glibc) if self.bare_linker else arguments
        (folder / _ARGUMENTS_FILE).write_text("".join(f'"{word}"\n' for word in words))
        run([*command, f"@{_ARGUMENTS_FILE}"], cwd=folder)


def find_toolchain(wanted: str | None, foreign: Machine | None = None) -> Toolchain:
    """The compiler that `wanted` (the variable CC, options included, or None) names, else `cc`, `gcc`, `clang` or zig's.

    `foreign`: the machine for which it compiles; None: this one. For another one it is GNU's cross compiler, unless one is named.
    BundleError when it is not there, does not run, has no linker, is neither gcc nor clang, or compiles for another machine.
    """
    compiler_cache, named = _without_compiler_cache(shlex.split(wanted or ""))
    usual = [["cc"], ["gcc"], ["clang"]] if foreign is None else [[f"{foreign.gnu_name}-gcc"]]
    candidates = [named] if named else usual
    found = next(([path, *words[1:]] for words in candidates if (path := shutil.which(words[0]))), None)
    zig = find_zig() if found is None and not named and foreign is None else None
    if zig is not None:
        return _zig_toolchain(zig)
    if found is None:
        raise BundleError(
            "no-compiler",
            f"there is no C compiler{f' for {foreign.name}' if foreign else ''}: "
            f"{' or '.join(f'`{words[0]}`' for words in candidates)} was not found",
            hint=_INSTALL if foreign is None else _INSTALL_CROSS.format(foreign),
        )
    version = _version(found)
    family = _family(found, version)
    if foreign is not None:
        _check_machine(found, foreign)
    # Object files do not depend on the linker, so another one leaves those in the cache as they are.
    compiling = (word for word in found[1:] if not word.startswith(("-fuse-ld=", "-Wl,")))
    return Toolchain(
        (*found, *_OPTIONS[family]),
        digest(version, foreign.name if foreign is not None else platform.machine(), *compiling),
        family,
        _linker((*found, "-Wl,--version")),
        compiler_cache=compiler_cache,
    )


def _without_compiler_cache(words: Sequence[str]) -> tuple[tuple[str, ...], Sequence[str]]:
    """The command of a compiler cache at the start of a command, or nothing, and the rest; BundleError if it is not there."""
    if len(words) < 2 or Path(words[0]).name not in _COMPILER_CACHES:
        return (), words
    found = shutil.which(words[0])
    if found is None:
        raise BundleError(
            "no-compiler",
            f"`{words[0]}`, which CC names, was not found",
            hint=f"install it (Debian, Ubuntu: `apt install {Path(words[0]).name}`), or name the compiler alone in CC",
        )
    return (found,), words[1:]


def _zig_toolchain(zig: Path) -> Toolchain:
    command, linker = (str(zig), "cc", *ZIG_OPTIONS), linker_command(zig)
    identity = digest(_version(command), platform.machine(), *ZIG_OPTIONS)
    options = _OPTIONS[CompilerFamily.CLANG]
    return Toolchain((*command, *options), identity, CompilerFamily.CLANG, _linker((*linker, "--version")), linker)


def _version(command: Sequence[str]) -> bytes:
    try:
        return run([*command, "--version"]).stdout
    except CommandError as error:
        raise BundleError(
            "no-compiler",
            f"the C compiler does not work: {error}",
            hint="the variable CC, if it is set, must name gcc or clang",
        ) from error


def _check_machine(command: Sequence[str], machine: Machine) -> None:
    """BundleError when the compiler is for another machine."""
    made_for = run([*command, "-dumpmachine"]).stdout.decode(errors="replace").strip()
    if made_for.partition("-")[0] != machine.python_name:
        raise BundleError(
            "no-compiler",
            f"`{command[0]}` compiles for {made_for}, not for {machine.name}",
            hint=f"{_INSTALL_CROSS.format(machine)}, and unset the variable CC or name it there",
        )


def _family(command: Sequence[str], version: bytes) -> CompilerFamily:
    text = version.decode(errors="replace")
    found = next((family for family in CompilerFamily if family.value in text.lower()), None)
    if found is None:
        raise BundleError(
            "unsupported-compiler",
            f"`{command[0]}` is neither gcc nor clang",
            notes=tuple(text.splitlines()[:1]),
            hint=_INSTALL,
        )
    return found


def _linker(command: Sequence[str]) -> str:
    try:
        lines = run(command).stdout.decode(errors="replace").splitlines()
    except CommandError as error:
        raise BundleError(
            "no-linker",
            f"the C compiler finds no linker: {error}",
            notes=tuple(error.output.strip().splitlines()[-5:]),
            hint="install one (Debian, Ubuntu: `apt install binutils`); options in the variable CC, such as `-fuse-ld=lld`, choose it",
        ) from error
    return lines[0] if lines else "an unknown linker"
