"""Reads what every ELF file begins with: the header, and the program headers that it points to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bundler.elf.machine import MACHINES, Machine
from bundler.elf.model import Segment
from bundler.elf.structures import IDENTIFICATION, MAGIC, ElfError, FileType, read_array, size_of


def is_elf(path: Path) -> bool:
    """True if the file begins as ELF files do."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def is_shared_object(path: Path, machine: Machine) -> bool:
    """True if the file begins as a shared object (or position-independent executable) of this machine does."""
    with path.open("rb") as file:
        start = file.read(size_of("Elf64_Ehdr"))
    if not start.startswith(IDENTIFICATION) or len(start) < size_of("Elf64_Ehdr"):
        return False
    header = read_array(start, 0, "Elf64_Ehdr", 1)[0]
    return bool(header.e_type == FileType.SHARED and header.e_machine == machine.number)


def read_header(data: Any) -> tuple[Any, Machine]:
    """The ELF header, and the machine it names; ElfError when bundler does not support that machine."""
    header = read_array(data, 0, "Elf64_Ehdr", 1)[0]
    machine = MACHINES.get(header.e_machine)
    if machine is None or not bytes(header.e_ident).startswith(IDENTIFICATION):
        raise ElfError(f"it is not for {' or '.join(each.name for each in MACHINES.values())}")
    return header, machine


def read_segments(data: Any, header: Any) -> tuple[Segment, ...]:
    """The program headers; object files have none."""
    if header.e_phnum and header.e_phentsize != size_of("Elf64_Phdr"):
        raise ElfError("its program headers have another size than the format's")
    return tuple(
        Segment(e.p_type, e.p_flags, e.p_offset, e.p_vaddr, e.p_filesz, e.p_memsz, e.p_align)
        for e in read_array(data, header.e_phoff, "Elf64_Phdr", header.e_phnum)
    )
