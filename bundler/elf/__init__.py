"""ELF files: the only room that knows their structures. It reads and describes; it decides nothing.

| file | holds |
|---|---|
| `structures.py` | declarations and numbers of the format, and access to structs in a file's bytes |
| `machine.py` | what depends on the processor: one row for each |
| `model.py` | nouns: `SharedObject`, `Executable`, and their parts |
| `header.py`, `shared_object.py`, `executable.py` | the readers |
| `archive.py` | static libraries: which symbols they define |
| `symtab.py` | takes symbols out of a linked executable |
| `section.py` | fills a section of a linked executable |
| `digest.py` | digests of what is loaded, and of symbols |
| `symbol_file.py` | tells debuggers of an object in memory |

The room imports nothing of bundler, so that every stage can use it.
"""

from bundler.elf.archive import archive_symbols, read_archive_index, thread_local_symbols, undefined_symbols
from bundler.elf.digest import loaded_digest, symbols_digest
from bundler.elf.executable import read_executable
from bundler.elf.header import is_elf, is_shared_object
from bundler.elf.machine import (
    AARCH64,
    MACHINES,
    X86_64,
    Detour,
    Machine,
    Relocation,
    ThreadPointer,
    machine_for_python,
    machine_for_system,
)
from bundler.elf.model import Executable, Rela, Section, Segment, SharedObject, Symbol
from bundler.elf.section import fill_section
from bundler.elf.shared_object import read_shared_object
from bundler.elf.structures import (
    ElfError,
    FileType,
    SectionFlag,
    SectionType,
    SegmentFlag,
    SegmentType,
    SymbolBinding,
    SymbolType,
    Tag,
    Visibility,
)
from bundler.elf.symbol_file import symbol_file, symbol_file_size
from bundler.elf.symtab import drop_symbols

__all__ = [
    "AARCH64",
    "MACHINES",
    "X86_64",
    "Detour",
    "ElfError",
    "Executable",
    "FileType",
    "Machine",
    "Rela",
    "Relocation",
    "Section",
    "SectionFlag",
    "SectionType",
    "Segment",
    "SegmentFlag",
    "SegmentType",
    "SharedObject",
    "Symbol",
    "SymbolBinding",
    "SymbolType",
    "Tag",
    "ThreadPointer",
    "Visibility",
    "archive_symbols",
    "drop_symbols",
    "fill_section",
    "is_elf",
    "is_shared_object",
    "loaded_digest",
    "machine_for_python",
    "machine_for_system",
    "read_archive_index",
    "read_executable",
    "read_shared_object",
    "symbol_file",
    "symbol_file_size",
    "symbols_digest",
    "thread_local_symbols",
    "undefined_symbols",
]
