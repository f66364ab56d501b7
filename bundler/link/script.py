"""Inputs of the linker and the assembler: texts and arguments. Runs neither."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bundler.contract import bundle_ffi
from bundler.elf import SymbolType
from bundler.glibc import CLibrary
from bundler.link import relocated
from bundler.link.digests import SECTION as DIGESTS_SECTION
from bundler.link.digests import room
from bundler.link.manifest import SBOM_SECTION
from bundler.link.manifest import SECTION as MANIFEST_SECTION
from bundler.link.model import LinkPlan, StaticLink
from bundler.link.objects import PrelinkedObject, Protection

PAYLOAD_SECTION = ".bundle"
FROZEN_SECTIONS = ".frozen"  # what their names start with (freeze/worker/structs.py)
_PAYLOAD_SYMBOL = "bundle"
SNAPSHOT_SECTION = ".snapshot"
SNAPSHOT_SYMBOL = "bundle_snapshot"

# Address of the snapshot's section: above all that the linker places, residents included, and below prelinked objects.
# The section grows when it is written, and nothing else moves.
SNAPSHOT_BASE = 32 << 30

# Beginnings of the names that the executable exports to extension modules; no library of the system uses such names.
EXPORTED_PREFIXES = ("Py", "_Py")

# Files in the folder in which the linker runs.
OUTPUT = "linked"
ROOM_FILE, ROOM_OBJECT = "room.S", "room.o"
END_FILE, END_OBJECT = "end.S", "end.o"
SYMBOLS_FILE, SYMBOLS_OBJECT = "symbols.S", "symbols.o"
_MANIFEST_FILE, _SBOM_FILE, _DIGESTS_FILE = "manifest.json", "sbom.json", "digests.json"
_EXPORTS_FILE, _DEFINITIONS_FILE, _PLACED_FILE = "exports.txt", "definitions.ld", "placed.ld"

# For every executable, whatever is linked into it.
OPTIONS = (
    # Fixed addresses: frozen data needs no relocation at start.
    "-no-pie",
    # Symbols for extension modules, bundled or loaded from disk; no library of the system uses such names.
    f"-Wl,--dynamic-list={_EXPORTS_FILE}",
    "-Wl,--as-needed",
    "-Wl,-z,lazy",
    "-Wl,-z,relro",
    "-Wl,-z,noexecstack",
    "-Wl,--hash-style=gnu",
    "-Wl,--build-id=sha1",
    # gdb, perf and py-spy need symbol names, so only debug information is dropped.
    "-Wl,--strip-debug",
)

# Where the C library is linked in. gcc leaves the table by which unwinders find frames out of such executables.
_STATIC_OPTIONS = ("-static", "-Wl,--eh-frame-hdr")

_NO_EXECUTABLE_STACK = '.section .note.GNU-stack,"",@progbits'

_SYMBOL_TYPES: dict[int, str] = {
    SymbolType.NOTYPE: "@notype",
    SymbolType.OBJECT: "@object",
    SymbolType.FUNC: "@function",
}
_SECTION_FLAGS = {
    Protection.READ: "a",
    Protection.READ | Protection.WRITE: "aw",
    Protection.READ | Protection.EXECUTE: "ax",
}


# --- Names ------------------------------------------------------------------------------------------------------------


def stub_symbol(number: int) -> str:
    """The symbol of a jump to a function of the C library, by its place in the plan's list."""
    return f"bundle_stub_{number}"


def thread_local_symbol(owner: int) -> str:
    """The symbol of a prelinked object's part of the thread-local block."""
    return f"bundle_tls_{owner}"


def part_section(resident: PrelinkedObject, number: int) -> str:
    """The section of a part of a library that lies in the executable's own load segments."""
    return f".resident.{resident.index}.{number}"


# --- Texts ------------------------------------------------------------------------------------------------------------


def linker_texts(plan: LinkPlan, payload_size: int, sbom: str) -> dict[str, str]:
    """Inputs of linker and assembler besides object files: texts by name, for the folder in which both run.

    `sbom`: a bill of materials; "": the executable has none.
    """
    # Nothing loads these sections. GNU strip keeps them, because it does not know them.
    carried = {
        MANIFEST_SECTION: (_MANIFEST_FILE, plan.manifest.text()),
        SBOM_SECTION: (_SBOM_FILE, sbom),
        DIGESTS_SECTION: (_DIGESTS_FILE, room(with_sbom=bool(sbom)).text()),
    }
    about = {section: file for section, (file, text) in carried.items() if text}
    files = {
        **{file: text for file, text in carried.values() if text},
        ROOM_FILE: "\n".join((*_room_lines(plan, payload_size, about), "")),
        END_FILE: "\n".join((*_end_lines(plan), "")),
        _EXPORTS_FILE: "".join(("{", *(f" {prefix}*;" for prefix in EXPORTED_PREFIXES), " };\n")),
        _DEFINITIONS_FILE: "".join(f"{name} = {value};\n" for name, value in plan.definitions),
    }
    if plan.static is not None:
        files[SYMBOLS_FILE] = "\n".join((*_symbol_lines(plan.static), ""))
    placed = list(_placed_sections(plan))
    if placed:
        files[_PLACED_FILE] = "\n".join((*placing_script(placed), ""))
    return files


def _room_lines(plan: LinkPlan, payload_size: int, about: Mapping[str, str]) -> Iterator[str]:
    """Assembler that makes room for the payload, and for what prelinked objects need inside the executable.

    `about`: sections with what the executable says about itself, and the file of each.
    """
    yield f'.section {PAYLOAD_SECTION},"a",@progbits'
    yield f".balign {plan.machine.page_size}"
    yield f".globl {_PAYLOAD_SYMBOL}"
    yield f"{_PAYLOAD_SYMBOL}: .zero {payload_size}"
    for section, file in about.items():
        yield f'.section {section},"",@progbits'
        yield f'.incbin "{file}"'
    if plan.contents.has_snapshot:
        yield f'.section {SNAPSHOT_SECTION},"a",@progbits'
        yield f".balign {plan.machine.page_size}"
        yield f".globl {SNAPSHOT_SYMBOL}"
        yield f"{SNAPSHOT_SYMBOL}: .zero {plan.machine.page_size}"
    yield from _state_lines(plan)
    yield '.section .text.bundle_stubs,"ax",@progbits'
    for number, stub in enumerate(plan.prelinked.stubs):
        name = stub_symbol(number)
        function = stub.name
        if stub.version:
            function = f"{name}_function"
            yield f".symver {function},{stub.name}@{stub.version}"
        yield f".globl {name}"
        # Through the PLT: bound when first called, and nothing of it at start.
        yield f"{name}: {plan.machine.plt_jump.format(function=function)}"
    for block in plan.prelinked.thread_locals:
        name = thread_local_symbol(block.owner)
        kind = "tdata" if block.initialised else "tbss"
        contents = "progbits" if block.initialised else "nobits"
        yield f'.section .{kind}.{name},"awT",@{contents}'
        yield f".balign {block.alignment}"
        yield f".globl {name}"
        yield f".type {name}, @tls_object"
        yield f"{name}: .zero {block.size}"
    for resident in plan.prelinked.residents:
        yield from _resident_lines(resident, plan.resident_names)
    yield _NO_EXECUTABLE_STACK


def _end_lines(plan: LinkPlan) -> Iterator[str]:
    """Assembler that comes after all that has variables of this process.

    They have pages of their own, for no snapshot may hold them (launcher/lifetime.h): the section begins where a page
    does, and ends where a page does.
    """
    yield '.section bundle_process,"aw",@progbits'
    yield f".balign {plan.machine.page_size}"
    yield _NO_EXECUTABLE_STACK


def _state_lines(plan: LinkPlan) -> Iterator[str]:
    """Assembler that makes room for what the launcher notes about prelinked objects (launcher/bundle.h)."""
    objects = len(plan.prelinked.objects)
    yield ".bss"
    for name, size in (
        ("bundle_unique_addresses", 8 * len(plan.prelinked.unique_symbols)),
        ("bundle_load_order", 4 * objects),
        ("bundle_object_states", objects),
        ("bundle_debugger_entries", objects * bundle_ffi().sizeof("struct bundle_debugger_entry")),
    ):
        yield ".balign 8"
        yield f".globl {name}"
        yield f"{name}: .zero {size}"


def _symbol_lines(static: StaticLink) -> Iterator[str]:
    """Assembler for the table of what the program can look up in itself (`struct bundle_symbol` of launcher/bundle.h).

    The linker fills in the addresses. Weak symbols bring nothing into the executable, and are 0 if nothing else does. They
    are weak for the whole file, so that the table has one of its own.
    """
    yield '.section .rodata.bundle_symbol_names,"a",@progbits'
    for number, (name, _) in enumerate(static.symbols):
        yield f'.Lname_{number}: .asciz "{name}"'
    yield '.section .data.rel.ro.bundle_symbols,"aw",@progbits'
    yield ".balign 8"
    yield ".globl bundle_symbols, bundle_symbol_count"
    yield "bundle_symbols:"
    for number, (_, symbol) in enumerate(static.symbols):
        if symbol not in static.required:
            yield f".weak {symbol}"
        yield f".quad .Lname_{number}, {symbol}"
    yield f"bundle_symbol_count: .quad {len(static.symbols)}"
    yield _NO_EXECUTABLE_STACK


def _resident_lines(resident: PrelinkedObject, names: frozenset[str]) -> Iterator[str]:
    """Assembler that makes room for a resident library, and defines its symbols for the executable's own objects.

    `names`: symbols that those want, besides the interpreter's.
    """
    symbols = sorted(
        (resident.base + symbol.value, symbol)
        for symbol in resident.object.symbols
        if symbol.is_exported
        and not symbol.is_hidden
        and (symbol.name in names or symbol.name.startswith(EXPORTED_PREFIXES))
    )
    for number, part in enumerate(relocated.parts(resident)):
        name = part_section(resident, number)
        flags = _SECTION_FLAGS[part.protection]
        label = name.replace(".", "_")
        yield f'.section {name},"{flags}",@progbits'
        yield f"{label}: .zero {part.stored_size}"
        if part.memory_size > part.stored_size:
            yield f'.section {name}.bss,"{flags}",@nobits'
            yield f".zero {part.memory_size - part.stored_size}"
        for address, symbol in symbols:
            if part.address <= address < part.address + part.memory_size and symbol.type in _SYMBOL_TYPES:
                yield f".globl {symbol.name}"
                yield f".type {symbol.name}, {_SYMBOL_TYPES[symbol.type]}"
                yield f".size {symbol.name}, {symbol.size}"
                yield f".set {symbol.name}, {label} + {address - part.address}"


def _placed_sections(plan: LinkPlan) -> Iterator[tuple[int, str, bool]]:
    """Parts of resident libraries, and the snapshot: address, section, and whether zeros follow that the file does not hold."""
    if plan.contents.has_snapshot:
        yield SNAPSHOT_BASE, SNAPSHOT_SECTION, False
    for resident in plan.prelinked.residents:
        for number, part in enumerate(relocated.parts(resident)):
            yield part.address, part_section(resident, number), part.memory_size > part.stored_size


def placing_script(parts: Iterable[tuple[int, str, bool]]) -> Iterator[str]:
    """A linker script that places sections at their addresses, behind everything that the linker places itself.

    `parts`: the address and name of each, and whether a section for zeros follows it.
    """
    yield "SECTIONS {"
    for address, name, has_bss in sorted(parts):
        yield f"  {name} {address:#x} : {{ KEEP(*({name})) }}"
        if has_bss:
            yield f"  {name}.bss : {{ KEEP(*({name}.bss)) }}"
    yield "} INSERT AFTER .bss;"


def c_library_texts(c_library: CLibrary | None) -> Mapping[str, str]:
    """Linker scripts that stand for the C library, under the names for which linkers look: texts by name."""
    if c_library is None:
        return {}
    stubs = dict(c_library.stubs)
    libc, libm = stubs.pop("libc.so.6"), stubs.pop("libm.so.6")
    always = " ".join(f'"{path}"' for path in (libc, *c_library.others))
    as_needed = " ".join(f'"{path}"' for path in stubs.values())
    return {
        "libc.so": f"GROUP ( {always} AS_NEEDED ( {as_needed} ) )\n",
        "libm.so": f'GROUP ( "{libm}" )\n',
        **dict.fromkeys(("libpthread.so", "libdl.so", "librt.so", "libutil.so"), "/* Looked for with libc. */\n"),
    }


def c_library_options(c_library: CLibrary | None) -> tuple[str, ...]:
    """Arguments for the compiler that make it link with another C library, after what is linked with that."""
    if c_library is None:
        return ()
    # Needs of this machine's other libraries are not checked: the C library here serves them.
    return (str(c_library.polyfills), "-L.", "-Wl,--wrap=__libc_start_main", "-Wl,--allow-shlib-undefined")


# --- Arguments --------------------------------------------------------------------------------------------------------


def link_arguments(plan: LinkPlan, launcher: Sequence[Path], c_library: CLibrary | None) -> Iterator[str]:
    """Arguments for the compiler, which drives the linker.

    `launcher`: the launcher's object files. `c_library`: the C library to link with; None: this machine's.
    """
    yield from ("-o", OUTPUT)
    yield from (str(path.absolute()) for path in (*launcher, *(each.path for each in plan.objects)))
    yield from (ROOM_OBJECT, *([SYMBOLS_OBJECT] if plan.static is not None else []), _DEFINITIONS_FILE)
    for name in sorted(plan.prelinked.executable_symbols):
        # Pulls in members of the static library that only prelinked objects use.
        yield f"-Wl,-u,{name}"
    if plan.static is not None:
        # And members that only the launcher uses: for `__real_NAME`, lld takes none out of an archive.
        yield from (f"-Wl,-u,{name}" for name in plan.wrapped)
    yield from (str(each.absolute() if isinstance(each, Path) else each) for each in plan.libraries)
    yield from map(str, plan.prelinked.linked_system_libraries)
    if any(_placed_sections(plan)):
        yield from ("-T", _PLACED_FILE)
    yield from c_library_options(c_library)
    yield END_OBJECT
    yield from (
        (*_STATIC_OPTIONS, *plan.static.library.options) if plan.static is not None else ("-lm", "-ldl", "-lpthread")
    )
    yield from (f"-Wl,--wrap={name}" for name in plan.wrapped)
    yield from OPTIONS
