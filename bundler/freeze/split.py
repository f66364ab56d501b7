"""Compiles a C file of several modules into an object file for each: the compiler's assembler text is cut at borders."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from bundler.freeze.worker.ctext import BORDER
from bundler.process import Argument
from bundler.toolchain import Toolchain

# The border as gcc copies it from an asm statement. No string can hold such a line: there, a line's end is escaped.
_BORDER = f"\n\t{BORDER}\n".encode()
_LABEL = re.compile(rb"^[^\s#][^\n]*:", re.MULTILINE)
_SECTION = re.compile(rb"\n\t\.section\t([^,\n]+)([^\n]*)")


def parts_of(assembly: bytes) -> Iterator[bytes]:
    """The assembler text of each module, completed so that it can be assembled on its own."""
    before, *parts, after = assembly.split(_BORDER)
    # A section's flags are written where it is first named, and its name only where it changes.
    whole: dict[bytes, bytes] = {}
    current = b""

    def with_flags(section: re.Match[bytes]) -> bytes:
        nonlocal current
        current = whole.setdefault(section[1], section[0])
        return current

    for part in parts:
        # Names the section in which the module before ended only if this part goes on in it: else the file would depend on that.
        start = current if _LABEL.search(_SECTION.split(b"\n" + part, 1)[0]) else b""
        yield b"\n".join((before + start, _SECTION.sub(with_flags, b"\n" + part), after))


def compile_each(toolchain: Toolchain, source: Path, count: int, flags: Sequence[Argument]) -> list[Path]:
    """Object files of the `count` modules in a C file, beside it, in their order. The compiler runs in the file's folder.

    With more than one module, the compiler must keep asm statements in their order.
    """
    outputs = [source.with_name(f"{index}.o") for index in range(count)]
    if count == 1:
        toolchain.compile("-c", *flags, source.name, "-o", outputs[0].name, cwd=source.parent)
    elif count:
        assembly = source.with_suffix(".s")
        toolchain.compile("-S", *flags, source.name, "-o", assembly.name, cwd=source.parent)
        for output, part in zip(outputs, parts_of(assembly.read_bytes()), strict=True):
            output.with_suffix(".s").write_bytes(part)
        toolchain.run("-c", *(output.with_suffix(".s").name for output in outputs), cwd=source.parent)
    return outputs
