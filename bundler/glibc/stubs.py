"""Shared libraries without code that have the C library's symbols at a floor: the linker binds to those versions.

Verb: `make_stubs`. What they define is never run: it is that of the system on which the binary is started.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from packaging.version import Version

from bundler.cache import Cache, digest
from bundler.elf import SymbolType
from bundler.glibc.floor import Floor, FloorSymbol
from bundler.toolchain import Toolchain

_KINDS: Mapping[int, tuple[str, str]] = {
    SymbolType.FUNC: (".text", "function"),
    SymbolType.GNU_IFUNC: (".text", "function"),
    SymbolType.OBJECT: (".data", "object"),
    SymbolType.TLS: ('.section .tdata,"awT",@progbits', "tls_object"),
}
_OTHER = (".text", "notype")
# The assembler needs a name of its own for each symbol; none of them is seen outside.
_PREFIX = "bundle_floor_"


def make_stubs(floor: Floor, toolchain: Toolchain, cache: Cache) -> Mapping[str, Path]:
    """The libraries of the C library at a floor, by soname; CommandError when the compiler cannot make them."""
    by_library: dict[str, list[FloorSymbol]] = {}
    for symbol in floor.symbols:
        by_library.setdefault(symbol.library, []).append(symbol)
    return {name: _make(name, symbols, toolchain, cache) for name, symbols in sorted(by_library.items())}


def _make(soname: str, symbols: Iterable[FloorSymbol], toolchain: Toolchain, cache: Cache) -> Path:
    assembler = "\n".join((*_lines(symbols), ""))
    script = "".join(_script({symbol.version for symbol in symbols}))
    key = digest(soname, assembler, script, toolchain.identity, toolchain.linker)
    if cache.get("stubs", key, (".so",)) is None:
        with cache.workplace("stubs") as work:
            (work / "stub.s").write_text(assembler)
            (work / "stub.map").write_text(script)
            options = ("-shared", "-nostdlib", f"-Wl,-soname,{soname}", "-Wl,--version-script=stub.map")
            toolchain.run(*options, "stub.s", "-o", "stub.so", cwd=work)
            cache.put("stubs", key, soname, {".so": work / "stub.so"})
    return cache.path("stubs", key, ".so")


def _lines(symbols: Iterable[FloorSymbol]) -> Iterator[str]:
    for number, symbol in enumerate(symbols):
        section, kind = _KINDS.get(symbol.kind, _OTHER)
        name = f"{_PREFIX}{number}"
        yield section
        yield f".globl {name}"
        yield f".type {name},@{kind}"
        yield f".size {name},{symbol.size}"
        yield f"{name}: .zero {max(symbol.size, 1) if section != '.text' else 1}"
        yield f".symver {name},{symbol.name}{'@@' if symbol.is_default else '@'}{symbol.version}"
    yield '.section .note.GNU-stack,"",@progbits'


def _script(versions: Iterable[str]) -> Iterator[str]:
    hidden = f" local: {_PREFIX}*;"
    for version in sorted(versions, key=lambda text: Version(text.removeprefix("GLIBC_"))):
        yield f"{version} {{{hidden} }};\n"
        hidden = ""
