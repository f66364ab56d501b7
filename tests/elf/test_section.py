"""A section whose content comes after the link."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bundler.elf import ElfError, fill_section, read_executable

PAGE = 4096
BASE = 32 << 30


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that prints the first bytes of a section at the end of its memory."""
    source = tmp_path / "program.c"
    source.write_text(
        '#include <stdio.h>\n__attribute__((section(".last"), aligned(4096), used)) static const char page[4096] = "empty";\n'
        f"int main(void) {{ puts((const char *){BASE:#x}ul); return 0; }}\n"
    )
    script = tmp_path / "placed.ld"
    script.write_text(f"SECTIONS {{ .last {BASE:#x} : {{ KEEP(*(.last)) }} }} INSERT AFTER .bss;\n")
    path = tmp_path / "program"
    subprocess.run(["cc", "-no-pie", source, "-T", script, "-o", path], check=True)
    return path


def output(path: Path) -> str:
    return subprocess.run([path], capture_output=True, text=True, check=True).stdout.strip()


def test_fill(program: Path):
    """The content may be longer than the room that the linker made, and be filled in again; addresses stay."""
    assert output(program) == "empty"
    before = read_executable(program)
    fill_section(program, ".last", b"longer".ljust(5 * PAGE - 1, b"x") + b"\0", PAGE)
    assert output(program).startswith("longerxxx")
    fill_section(program, ".last", b"short\0", PAGE)
    assert output(program) == "short"
    after = read_executable(program)
    assert after.symbols == before.symbols
    assert after.sections[".last"].size == 6
    assert after.sections[".last"].offset % PAGE == 0


def test_refused(program: Path):
    """Only a section alone in the last segment can grow."""
    with pytest.raises(ElfError, match="no section"):
        fill_section(program, ".other", b"", PAGE)
    with pytest.raises(ElfError, match="not alone"):
        fill_section(program, ".text", b"", PAGE)
