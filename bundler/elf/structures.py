"""Declarations and numbers of the ELF format, and access to its structs in the bytes of a file.

From the System V gABI (chapters 4 and 5); symbol versioning from the LSB Core specification (chapter 10.7).
"""

from __future__ import annotations

import functools
import mmap
import struct
from enum import IntEnum
from pathlib import Path
from typing import Any

import cffi

# e_ident of a 64-bit little-endian file: magic number, ELFCLASS64, ELFDATA2LSB.
MAGIC = b"\x7fELF"
IDENTIFICATION = MAGIC + b"\2\1"

_DECLARATIONS = """
    typedef struct { unsigned char e_ident[16]; uint16_t e_type, e_machine; uint32_t e_version;
        uint64_t e_entry, e_phoff, e_shoff; uint32_t e_flags;
        uint16_t e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx; } Elf64_Ehdr;
    typedef struct { uint32_t p_type, p_flags; uint64_t p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align;
        } Elf64_Phdr;
    typedef struct { uint32_t sh_name, sh_type; uint64_t sh_flags, sh_addr, sh_offset, sh_size;
        uint32_t sh_link, sh_info; uint64_t sh_addralign, sh_entsize; } Elf64_Shdr;
    typedef struct { int64_t d_tag; uint64_t d_val; } Elf64_Dyn;
    typedef struct { uint32_t st_name; unsigned char st_info, st_other; uint16_t st_shndx;
        uint64_t st_value, st_size; } Elf64_Sym;
    typedef struct { uint64_t r_offset; uint32_t r_type, r_sym; int64_t r_addend; } Elf64_Rela;
    typedef struct { uint16_t vn_version, vn_cnt; uint32_t vn_file, vn_aux, vn_next; } Elf64_Verneed;
    typedef struct { uint32_t vna_hash; uint16_t vna_flags, vna_other; uint32_t vna_name, vna_next;
        } Elf64_Vernaux;
    typedef struct { uint16_t vd_version, vd_flags, vd_ndx, vd_cnt; uint32_t vd_hash, vd_aux, vd_next;
        } Elf64_Verdef;
    typedef struct { uint32_t vda_name, vda_next; } Elf64_Verdaux;
"""

# Formats of the members that `packer` meets; none of them is signed.
_FORMATS = {1: "B", 2: "H", 4: "I", 8: "Q"}


class FileType(IntEnum):
    """e_type."""

    RELOCATABLE = 1  # ET_REL, an object file
    EXECUTABLE = 2  # ET_EXEC, at fixed addresses
    SHARED = 3  # ET_DYN


class SegmentType(IntEnum):
    """p_type."""

    LOAD = 1
    DYNAMIC = 2
    INTERP = 3
    TLS = 7
    GNU_EH_FRAME = 0x6474E550
    GNU_STACK = 0x6474E551
    GNU_RELRO = 0x6474E552


class SegmentFlag(IntEnum):
    """p_flags."""

    EXECUTE = 1
    WRITE = 2
    READ = 4


class SectionType(IntEnum):
    """sh_type."""

    NULL = 0
    PROGBITS = 1
    SYMTAB = 2
    STRTAB = 3
    NOBITS = 8


class SectionFlag(IntEnum):
    """sh_flags."""

    WRITE = 1
    ALLOC = 2  # part of the program's memory
    EXECUTE = 4
    TLS = 0x400


class Tag(IntEnum):
    """d_tag."""

    NEEDED = 1
    PLTRELSZ = 2
    HASH = 4
    STRTAB = 5
    SYMTAB = 6
    RELA = 7
    RELASZ = 8
    STRSZ = 10
    INIT = 12
    FINI = 13
    SONAME = 14
    RPATH = 15
    SYMBOLIC = 16
    TEXTREL = 22
    JMPREL = 23
    INIT_ARRAY = 25
    FINI_ARRAY = 26
    INIT_ARRAYSZ = 27
    FINI_ARRAYSZ = 28
    RUNPATH = 29
    FLAGS = 30
    RELRSZ = 35
    RELR = 36
    GNU_HASH = 0x6FFFFEF5
    VERSYM = 0x6FFFFFF0
    VERDEF = 0x6FFFFFFC
    VERNEED = 0x6FFFFFFE
    AUXILIARY = 0x7FFFFFFD
    FILTER = 0x7FFFFFFF


class DynamicFlag(IntEnum):
    """Bits of DT_FLAGS."""

    SYMBOLIC = 2
    TEXTREL = 4


class SymbolBinding(IntEnum):
    """Upper half of st_info."""

    LOCAL = 0
    GLOBAL = 1
    WEAK = 2
    GNU_UNIQUE = 10


class SymbolType(IntEnum):
    """Lower half of st_info."""

    NOTYPE = 0
    OBJECT = 1
    FUNC = 2
    SECTION = 3
    TLS = 6
    GNU_IFUNC = 10


# Symbols with one of these types name a function or a variable.
NAMED_TYPES = (SymbolType.OBJECT, SymbolType.FUNC, SymbolType.TLS, SymbolType.GNU_IFUNC)


class Visibility(IntEnum):
    """Lower bits of st_other."""

    DEFAULT = 0
    HIDDEN = 2
    PROTECTED = 3


# Far beyond what compilers and linkers write; what is larger is garbage.
_LONGEST_TEXT = 1 << 20


class ElfError(Exception):
    """A malformed file."""


@functools.cache
def _ffi() -> cffi.FFI:
    ffi = cffi.FFI()
    ffi.cdef(_DECLARATIONS)
    return ffi


def size_of(kind: str) -> int:
    """The size of a struct in bytes."""
    return int(_ffi().sizeof(kind))


def offset_of(kind: str, member: str) -> int:
    """The offset of a struct's member, in bytes."""
    return int(_ffi().offsetof(kind, member))


def read_array(data: Any, offset: int, kind: str, count: int) -> Any:
    """A view of `count` structs in a buffer; ElfError when the buffer ends before them."""
    ffi = _ffi()
    size = ffi.sizeof(kind) * count
    view = memoryview(data)[offset : offset + size]
    if len(view) < size:
        raise ElfError("the file is cut off")
    # Without the count in it the type is parsed once, not once for each length.
    return ffi.from_buffer(f"{kind}[]", view)


def make_struct(kind: str, **members: Any) -> bytes:
    """The bytes of a struct; members that are not given are zero."""
    ffi = _ffi()
    return bytes(ffi.buffer(ffi.new(f"{kind} *", members)))


@functools.cache
def packer(kind: str) -> struct.Struct:
    """The struct as a format of Python's `struct`, which is much faster than cffi for tens of thousands of them."""
    members = _ffi().typeof(kind).fields
    return struct.Struct("<" + "".join(_FORMATS[_ffi().sizeof(member.type)] for _, member in members))


def read_text(data: Any, offset: int) -> str:
    """The C string at an offset; ElfError when it does not end."""
    end = data.find(b"\0", offset, offset + _LONGEST_TEXT) if offset < len(data) else -1
    if end < 0:
        raise ElfError("a text does not end")
    return bytes(data[offset:end]).decode("utf-8", "surrogateescape")


def map_file(path: Path) -> Any:
    """A read-only buffer with the bytes of an ELF file; ElfError when it is none."""
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise ElfError("it is not an ELF file")
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def binding_of(st_info: int) -> int:
    """ELF64_ST_BIND: a `SymbolBinding`, or another number."""
    return st_info >> 4


def visibility_of(st_other: int) -> int:
    """ELF64_ST_VISIBILITY: a `Visibility`, or another number."""
    return st_other & 3


def type_of(st_info: int) -> int:
    """ELF64_ST_TYPE: a `SymbolType`, or another number."""
    return st_info & 15
