"""Facts that depend on the processor: one row of `MACHINES` for each that is supported.

The launcher's share is in its files that are named after a processor (`docs/adding-a-processor.md`).
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
    """The place of the thread pointer (ELF Handling For Thread-Local Storage, section 3)."""

    BEFORE_BLOCK = "variant I"
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
    # `platform.machine()`, also the end of wheels' platform tags, and of the names of QEMU's emulators.
    python_name: str
    gnu_name: str  # before the names of its cross compilers, and of Debian's folders for its libraries
    debian_name: str  # of Debian's port
    debian_compiler: str  # Debian's package with GNU's cross compiler
    fedora_emulator: str  # Fedora's package with QEMU's emulator of programs
    relocations: Mapping[int, Relocation]
    # The largest page that kernels use: what is mapped by itself is aligned to it.
    page_size: int
    thread_pointer: ThreadPointer
    # True if compilers use TLS descriptors where they are not told otherwise, also for variables that may be many.
    uses_descriptors: bool
    # Assembler for a jump to a function through the procedure linkage table; `{function}` is its name.
    plt_jump: str
    detour: Detour
    dynamic_linker: str  # its soname
    first_glibc: str  # the version of the C library's oldest symbols
    disassembler: str  # what objdump calls it (`-m`)
    no_operation: bytes  # an instruction that does nothing
    # The instruction by which code asks what the processor has; None: it asks the kernel.
    processor_question: tuple[str, bytes] | None
    # Instructions by which code asks how caches are kept coherent, all of four bytes: bits that count, and their values.
    cache_questions: tuple[tuple[int, int], ...]
    # What the launcher asks the processor for, by its numbers (launcher/world/processor_*.c); without a name it is a leaf of CPUID.
    feature_names: Mapping[int, str]
    feature_registers: tuple[str, ...]  # those that such a leaf fills, in the order of `struct bundle_feature`
    processor_lines: tuple[str, ...]  # beginnings of lines of /proc/cpuinfo that tell which processor it is
    # The processor that QEMU's emulation of programs has while one is recorded, of the oldest that there are; "": none is recorded there.
    emulated_processor: str
    ldconfig_label: str  # marks this machine's libraries in the output of `ldconfig -p`

    @property
    def system_name(self) -> str:
        """The name of its systems, as `--target` takes it."""
        return f"{self.python_name}-linux"

    @property
    def library_folders(self) -> tuple[str, ...]:
        """The folders in which the dynamic linker looks last (ld.so(8)), with Debian's for several architectures."""
        own = (f"/lib/{self.gnu_name}", f"/usr/lib/{self.gnu_name}")
        return (*own, "/lib64", "/usr/lib64", "/lib", "/usr/lib")

    def page_down(self, address: int) -> int:
        """The address, rounded down to the start of a page."""
        return address & -self.page_size

    def page_up(self, address: int) -> int:
        """The address, rounded up to the start of a page."""
        return (address + self.page_size - 1) & -self.page_size


X86_64 = Machine(
    name="x86-64",
    number=62,
    python_name="x86_64",
    gnu_name="x86_64-linux-gnu",
    debian_name="amd64",
    debian_compiler="gcc-x86-64-linux-gnu",
    fedora_emulator="qemu-user-static-x86",
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
    uses_descriptors=False,
    plt_jump="jmp {function}@PLT",
    detour=Detour(opcode=b"\xe9", operand_size=4, is_relative=True),  # JMP rel32
    dynamic_linker="ld-linux-x86-64.so.2",
    first_glibc="2.2.5",
    disassembler="i386:x86-64",
    no_operation=b"\x90",
    processor_question=("cpuid", b"\x0f\xa2"),
    cache_questions=(),
    feature_names={},
    feature_registers=("EAX", "EBX", "ECX", "EDX"),
    processor_lines=("vendor_id", "cpu family", "model", "stepping", "flags"),
    emulated_processor="",
    ldconfig_label="libc6,x86-64",
)

AARCH64 = Machine(
    name="aarch64",
    number=183,
    python_name="aarch64",
    gnu_name="aarch64-linux-gnu",
    debian_name="arm64",
    debian_compiler="gcc-aarch64-linux-gnu",
    fedora_emulator="qemu-user-static-aarch64",
    # ELF for the Arm 64-bit Architecture, section "Dynamic relocations"; 257 is a static relocation too.
    relocations={
        0: Relocation.NONE,
        257: Relocation.ABSOLUTE,
        1024: Relocation.COPY,
        1025: Relocation.GLOB_DAT,
        1026: Relocation.JUMP_SLOT,
        1027: Relocation.RELATIVE,
        1028: Relocation.DTPMOD64,
        1029: Relocation.DTPOFF64,
        1030: Relocation.TPOFF64,
        1031: Relocation.TLSDESC,
        1032: Relocation.IRELATIVE,
    },
    # Kernels have pages of 4, 16 or 64 KiB.
    page_size=64 << 10,
    thread_pointer=ThreadPointer.BEFORE_BLOCK,
    uses_descriptors=True,
    plt_jump="b {function}",
    # LDR X16, .+8; BR X16: a direct branch reaches 128 MiB only. A call may change X16 (AAPCS64, section 6.1.1).
    detour=Detour(opcode=b"\x50\x00\x00\x58\x00\x02\x1f\xd6", operand_size=8, is_relative=False),
    dynamic_linker="ld-linux-aarch64.so.1",
    first_glibc="2.17",
    disassembler="aarch64",
    no_operation=b"\x1f\x20\x03\xd5",
    processor_question=None,
    # MRS Xt, CTR_EL0 and MRS Xt, DCZID_EL0.
    cache_questions=((0xFFFFFFE0, 0xD53B0020), (0xFFFFFFE0, 0xD53B00E0)),
    feature_names={
        16: "AT_HWCAP",
        26: "AT_HWCAP2",
        29: "AT_HWCAP3",
        30: "AT_HWCAP4",
        0xC000: "MIDR_EL1",
        0xD801: "CTR_EL0",
        0xD807: "DCZID_EL0",
    },
    feature_registers=(),
    processor_lines=("Features", "CPU "),
    emulated_processor="cortex-a53",
    ldconfig_label="libc6,AArch64",
)

MACHINES: Mapping[int, Machine] = {machine.number: machine for machine in (X86_64, AARCH64)}


def machine_for_python(python_name: str) -> Machine | None:
    """The machine that Python calls by this name; None when it is not supported."""
    return next((machine for machine in MACHINES.values() if machine.python_name == python_name), None)


def machine_for_system(system_name: str) -> Machine:
    """The machine of a system that `--target` names."""
    return next(machine for machine in MACHINES.values() if machine.system_name == system_name)
