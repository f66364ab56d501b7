"""Facts that depend on the processor: one row of `MACHINES` for each that is supported.

The launcher's share is in its `.S` files and in `loader/redirect.c`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Relocation(Enum):
    """Kinds of relocations that a linked object may hold, by their names without the processor's prefix."""

    NONE = "NONE"
    ABSOLUTE = "64"
    COPY = "COPY"
    GLOB_DAT = "GLOB_DAT"
    JUMP_SLOT = "JUMP_SLOT"
    RELATIVE = "RELATIVE"
    DTPMOD64 = "DTPMOD64"
    DTPOFF64 = "DTPOFF64"
    TPOFF64 = "TPOFF64"
    TLSDESC = "TLSDESC"
    IRELATIVE = "IRELATIVE"


class ThreadPointer(Enum):
    """The place of the thread pointer (ELF Handling For Thread-Local Storage, section 3).

    Variant I, where it stands before the block, comes with the first machine that has it.
    """

    BEHIND_BLOCK = "variant II"


@dataclass(frozen=True, slots=True)
class Detour:
    """Machine code that jumps to another function: fixed bytes, then an operand that names the destination.

    `is_relative`: the operand counts from the end of the code; otherwise it is the address.
    """

    opcode: bytes
    operand_size: int
    is_relative: bool

    @property
    def size(self) -> int:
        """Bytes of the whole."""
        return len(self.opcode) + self.operand_size

    def encode(self, source: int, destination: int) -> bytes:
        """The code at address `source`; OverflowError when the destination is too far away."""
        operand = destination - (source + self.size) if self.is_relative else destination
        return self.opcode + operand.to_bytes(self.operand_size, "little", signed=self.is_relative)


@dataclass(frozen=True, slots=True)
class Machine:
    """Facts about one processor, for Linux with the GNU C library. All are 64-bit and little-endian."""

    name: str  # for messages
    number: int  # e_machine
    python_name: str  # `platform.machine()`, also the end of wheels' platform tags
    relocations: Mapping[int, Relocation]
    # The largest page that kernels use: what is mapped by itself is aligned to it.
    page_size: int
    thread_pointer: ThreadPointer
    # Assembler for a jump to a function through the procedure linkage table; `{function}` is its name.
    plt_jump: str
    detour: Detour
    dynamic_linker: str  # its soname
    # The folders in which the dynamic linker looks last (ld.so(8)), with Debian's for several architectures.
    library_folders: tuple[str, ...]
    disassembler: str  # what objdump calls it (`-m`)
    # The instruction by which code asks what the processor has.
    processor_question: tuple[str, bytes]
    ldconfig_label: str  # marks this machine's libraries in the output of `ldconfig -p`

    def page_down(self, address: int) -> int:
        """The address, rounded down to the start of a page."""
        return address & -self.page_size

    def page_up(self, address: int) -> int:
        """The address, rounded up to the start of a page."""
        return (address + self.page_size - 1) & -self.page_size


def _library_folders(multiarch: str) -> tuple[str, ...]:
    return (f"/lib/{multiarch}", f"/usr/lib/{multiarch}", "/lib64", "/usr/lib64", "/lib", "/usr/lib")


X86_64 = Machine(
    name="x86-64",
    number=62,
    python_name="x86_64",
    # psABI, table 4.10.
    relocations={
        0: Relocation.NONE,
        1: Relocation.ABSOLUTE,
        5: Relocation.COPY,
        6: Relocation.GLOB_DAT,
        7: Relocation.JUMP_SLOT,
        8: Relocation.RELATIVE,
        16: Relocation.DTPMOD64,
        17: Relocation.DTPOFF64,
        18: Relocation.TPOFF64,
        36: Relocation.TLSDESC,
        37: Relocation.IRELATIVE,
    },
    page_size=4096,
    thread_pointer=ThreadPointer.BEHIND_BLOCK,
    plt_jump="jmp {function}@PLT",
    detour=Detour(opcode=b"\xe9", operand_size=4, is_relative=True),  # JMP rel32
    dynamic_linker="ld-linux-x86-64.so.2",
    library_folders=_library_folders("x86_64-linux-gnu"),
    disassembler="i386:x86-64",
    processor_question=("cpuid", b"\x0f\xa2"),
    ldconfig_label="libc6,x86-64",
)

MACHINES: Mapping[int, Machine] = {machine.number: machine for machine in (X86_64,)}


def machine_for_python(python_name: str) -> Machine | None:
    """The machine that Python calls by this name; None when it is not supported."""
    return next((machine for machine in MACHINES.values() if machine.python_name == python_name), None)
