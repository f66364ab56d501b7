"""`bundler/elf` is the only room that knows the format and the processors, and its facts are the ones of the headers."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bundler.elf import AARCH64, MACHINES, X86_64, machine_for_python
from bundler.elf.structures import offset_of, packer, size_of
from tests.support import ROOT

PACKAGE = ROOT / "bundler"

# Texts and bytes that only somebody has who reads ELF files, or who knows a processor.
_FORMAT = re.compile(r"\x7fELF|!<arch>|Elf64_|R_X86_64|^<[BHIQbhiq]{3,}$")
_PROCESSOR = re.compile(r"x86.64|aarch64|ld-linux|libc6,|@PLT|multiarch")

# What names a processor for another reason than knowing it.
_ALLOWED = {
    # Part of PyInstaller's API: what hooks compare with.
    "analyze/hooks/worker/PyInstaller/compat.py": {"x86_64"},
    # The values of `--target`, which tests/test_settings.py holds against the table.
    "settings/option.py": {"aarch64-linux", "x86_64-linux", '"aarch64-linux" or "x86_64-linux"'},
    # Examples of messages.
    "codes.py": {
        "`/srv/arm64/usr/bin/python3` is for aarch64, not for x86-64",
        "nothing here runs programs for aarch64: `qemu-aarch64-static` or `qemu-aarch64` was not found",
        "`/srv/python/bin/python3` cannot run: there is no C library of aarch64",
    },
}


def _constants(path: Path) -> Iterator[str]:
    """Texts and bytes in a file's code; docstrings are none."""
    tree = ast.parse(path.read_bytes())
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in docstrings:
            if isinstance(node.value, str):
                yield node.value
            elif isinstance(node.value, bytes):
                yield node.value.decode("latin-1")


def _others() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(PACKAGE / "elf"))


@pytest.mark.parametrize("pattern", [_FORMAT, _PROCESSOR], ids=["format", "processor"])
def test_no_other_room_knows_it(pattern: re.Pattern[str]):
    """Magic numbers, declarations, and names that belong to one processor stand in `bundler/elf` alone."""
    found = {
        (str(name), text)
        for path in _others()
        for text in _constants(path)
        if pattern.search(text) and text not in _ALLOWED.get(str(name := path.relative_to(PACKAGE)), ())
    }

    assert found == set()


def test_the_patterns_find_what_they_look_for():
    """The room itself holds what the others must not hold."""
    texts = [text for path in (PACKAGE / "elf").glob("*.py") for text in _constants(path)]

    assert any(_FORMAT.search(text) for text in texts)
    assert any(_PROCESSOR.search(text) for text in texts)


def test_structures_are_those_of_the_system(tmp_path: Path):
    """Sizes and places of members are those that <elf.h> declares, for cffi and for `struct` alike."""
    kinds = ["Ehdr", "Phdr", "Shdr", "Dyn", "Sym", "Rela", "Verneed", "Vernaux", "Verdef", "Verdaux"]
    members = [("Ehdr", "e_shoff"), ("Phdr", "p_align"), ("Shdr", "sh_entsize"), ("Sym", "st_value")]
    lines = [f'printf("%zu\\n", sizeof(Elf64_{kind}));' for kind in kinds]
    lines += [f'printf("%zu\\n", offsetof(Elf64_{kind}, {member}));' for kind, member in members]
    (tmp_path / "main.c").write_text(
        "#include <elf.h>\n#include <stddef.h>\n#include <stdio.h>\nint main(void) {" + "\n".join(lines) + "}\n"
    )
    subprocess.run(["cc", "main.c", "-o", "main"], cwd=tmp_path, check=True)
    expected = [int(line) for line in subprocess.check_output([tmp_path / "main"]).split()]

    ours = [size_of(f"Elf64_{kind}") for kind in kinds]
    ours += [offset_of(f"Elf64_{kind}", member) for kind, member in members]

    assert ours == expected
    assert packer("Elf64_Sym").size == size_of("Elf64_Sym")


def test_relocations_are_those_of_the_system(tmp_path: Path):
    """Numbers of relocations and of the machine are those that <elf.h> gives their names."""
    names = [f"R_X86_64_{kind.value}" for kind in X86_64.relocations.values()]
    (tmp_path / "main.c").write_text(
        "#include <elf.h>\n#include <stdio.h>\nint main(void) {"
        + "\n".join(f'printf("%d\\n", {name});' for name in ("EM_X86_64", *names))
        + "}\n"
    )
    subprocess.run(["cc", "main.c", "-o", "main"], cwd=tmp_path, check=True)

    assert [int(line) for line in subprocess.check_output([tmp_path / "main"]).split()] == [
        X86_64.number,
        *X86_64.relocations,
    ]


def test_machines_are_told_apart():
    """Each row has a number and a name of its own, and is found by the name that Python uses."""
    rows = list(MACHINES.values())

    assert len({row.name for row in rows}) == len({row.python_name for row in rows}) == len(rows)
    assert machine_for_python("x86_64") is X86_64
    assert machine_for_python("riscv64") is None


def test_detours():
    """A detour is a jump to its destination: counted from its own end, or with the address in it."""
    relative = X86_64.detour
    absolute = AARCH64.detour

    assert relative.encode(0x1000, 0x1005) == b"\xe9\0\0\0\0"
    assert relative.encode(0x1000, 0xFFB) == b"\xe9\xf6\xff\xff\xff"
    assert absolute.opcode == bytes.fromhex("50000058 00021fd6")  # LDR x16, 8; BR x16
    assert absolute.encode(0x1000, 0x123456789A) == absolute.opcode + (0x123456789A).to_bytes(8, "little")
    assert (relative.size, absolute.size) == (5, 16)
    with pytest.raises(OverflowError):
        relative.encode(0, 1 << 40)
