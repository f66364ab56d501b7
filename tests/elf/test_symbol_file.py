"""What debuggers read of an object in memory, checked with another reader of ELF files."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from elftools.elf.elffile import ELFFile

from bundler.elf import SharedObject, read_shared_object, symbol_file, symbol_file_size

BASE = 0x40000
ADDRESS = 0x3000


def memory_of(object_: SharedObject) -> bytes:
    """A symbol file and the object behind it, as a debugger finds them: what is at ADDRESS is at the beginning."""
    memory = bytearray(BASE + max(load.address + load.memory_size for load in object_.loads) - ADDRESS)
    for load in object_.loads:
        place = BASE + load.address - ADDRESS
        memory[place : place + load.file_size] = object_.data[load.offset : load.offset + load.file_size]
    file = symbol_file(object_, BASE, ADDRESS)
    memory[: len(file)] = file
    return bytes(memory)


def functions(table: Any, base: int) -> dict[str, int]:
    """The functions that a table of symbols defines; `base`: what a value counts from."""
    return {
        symbol.name: base + symbol["st_value"]
        for symbol in table.iter_symbols()
        if symbol["st_info"]["type"] == "STT_FUNC" and symbol["st_shndx"] != "SHN_UNDEF"
    }


@pytest.mark.parametrize("name", ["libown.so", "relative.abi3.so", "relative_sysv_hash.abi3.so", "names.abi3.so"])
def test_symbols_and_frames(natives_folder: Path, name: str):
    """Symbols have their addresses in memory, and the frames are those of the object."""
    object_ = read_shared_object(natives_folder / name)
    original: Any = ELFFile(BytesIO(bytes(object_.data)))
    frames = original.get_section_by_name(".eh_frame")

    seen: Any = ELFFile(BytesIO(memory_of(object_)))

    text, shown = seen.get_section_by_name(".text"), seen.get_section_by_name(".eh_frame")
    found = functions(seen.get_section_by_name(".symtab"), text["sh_addr"])
    assert found == functions(original.get_section_by_name(".dynsym"), BASE)
    assert all(text["sh_addr"] <= address < text["sh_addr"] + text["sh_size"] for address in found.values())
    assert (shown["sh_addr"], shown.data()) == (BASE + frames["sh_addr"], frames.data())


@pytest.mark.parametrize("name", ["libown.so", "relative.abi3.so"])
def test_symbols_name_a_section_at_the_base(natives_folder: Path, name: str):
    """Every section header that a symbol names begins where the object does, for values count from there."""
    object_ = read_shared_object(natives_folder / name)

    seen: Any = ELFFile(BytesIO(memory_of(object_)))

    named = {symbol.section for symbol in object_.symbols if 0 < symbol.section < 0xFF00}
    assert {seen.get_section(index)["sh_addr"] for index in named} == {BASE}


def test_size_does_not_depend_on_the_place(natives_folder: Path):
    """The payload is laid out before anything has an address."""
    object_ = read_shared_object(natives_folder / "libown.so")

    assert len(symbol_file(object_, BASE, ADDRESS)) == symbol_file_size(object_)
