"""Does what the plan says: links, and writes the tables into the result."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from bundler.cache import Cache
from bundler.contract import bundle_constant
from bundler.errors import BundleError
from bundler.link import prelink
from bundler.link.elf import PAGE, Executable, Relocation, SegmentType, SymbolType, read_executable, read_shared_object
from bundler.link.made import inputs_digest, remember, renew
from bundler.link.manifest import SECTION as MANIFEST_SECTION
from bundler.link.manifest import needed_versions
from bundler.link.output import LINKED, replacing
from bundler.link.payload import build_payload
from bundler.link.plan import EXPORTED_PREFIXES, LinkPlan
from bundler.link.portability import EXECUTABLE, check_limits
from bundler.link.prelink import (
    Image,
    ImageSegment,
    InExecutable,
    Known,
    Locate,
    Stub,
    Target,
    ThreadLocal,
    ThreadLocalModule,
)
from bundler.link.symtab import drop_symbols
from bundler.process import CommandError

PAYLOAD_SECTION = ".bundle"
FROZEN_SECTIONS = ".frozen"  # what their names start with (freeze/header.py)
_PAYLOAD_SYMBOL = "bundle"

# Files in the folder in which the linker runs.
_MANIFEST_FILE = "manifest.json"
_ROOM_FILE, _ROOM_OBJECT = "room.S", "room.o"
_EXPORTS_FILE, _DEFINITIONS_FILE, _RESIDENTS_FILE = "exports.txt", "definitions.ld", "residents.ld"

# Linux before 6.17 refuses to start a program with more than 73 (fs/binfmt_elf.c, one page of headers).
MOST_PROGRAM_HEADERS = 60

_ET_EXEC = 2
_SYMBOL_TYPES: dict[int, str] = {
    SymbolType.NOTYPE: "@notype",
    SymbolType.OBJECT: "@object",
    SymbolType.FUNC: "@function",
}

# The executable's number among those that have thread-local storage.
_OWN_MODULE = 1


def execute(plan: LinkPlan, launcher: Sequence[Path], cache: Cache) -> Path:
    """Link the binary with the launcher's object files; the output appears whole or stays as it was.

    An output that is already what the plan makes only gets another time.
    """
    empty = build_payload(plan.contents, 0, lambda _: 0, lambda _: 0)
    files, arguments = _linker_files(plan, len(empty)), list(_link_arguments(plan, launcher))
    inputs = inputs_digest(plan, arguments, files, empty)
    if renew(plan.output, inputs, cache):
        return plan.output
    with replacing(plan.output) as work:
        linked = _link(plan, arguments, files, work)
        _check(linked)
        needs = {EXECUTABLE: needed_versions(linked), **dict(plan.manifest.symbol_versions)}
        check_limits(needs, dict(plan.version_limits))
        _fill(plan, linked)
        drop_symbols(linked, FROZEN_SECTIONS)
        remember(linked, inputs, cache)
    return plan.output


# --- Linking ----------------------------------------------------------------------------------------------------------


def _stub_symbol(number: int) -> str:
    return f"bundle_stub_{number}"


def _thread_local_symbol(image: int) -> str:
    return f"bundle_tls_{image}"


def _room_lines(plan: LinkPlan, payload_size: int) -> Iterator[str]:
    """Assembler that makes room for the payload, and for what images need inside the executable."""
    yield f'.section {PAYLOAD_SECTION},"a",@progbits'
    yield ".balign 4096"
    yield f".globl {_PAYLOAD_SYMBOL}"
    yield f"{_PAYLOAD_SYMBOL}: .zero {payload_size}"
    yield f'.section {MANIFEST_SECTION},"",@progbits'
    yield f'.incbin "{_MANIFEST_FILE}"'
    yield from _state_lines(plan)
    yield '.section .text.bundle_stubs,"ax",@progbits'
    for number, stub in enumerate(plan.prelinked.stubs):
        name = _stub_symbol(number)
        function = stub.name
        if stub.version:
            function = f"{name}_function"
            yield f".symver {function},{stub.name}@{stub.version}"
        yield f".globl {name}"
        # Through the PLT: bound when first called, and nothing of it at start.
        yield f"{name}: jmp {function}@PLT"
    for image, (initialised, whole, alignment) in plan.thread_locals:
        name = _thread_local_symbol(image)
        kind = "tdata" if initialised else "tbss"
        contents = "progbits" if initialised else "nobits"
        yield f'.section .{kind}.{name},"awT",@{contents}'
        yield f".balign {alignment}"
        yield f".globl {name}"
        yield f".type {name}, @tls_object"
        yield f"{name}: .zero {whole}"
    for resident in plan.prelinked.residents:
        yield from _resident_lines(resident)
    yield '.section .note.GNU-stack,"",@progbits'


def _state_lines(plan: LinkPlan) -> Iterator[str]:
    """Room for what the launcher notes about images (launcher/bundle.h), and the end of its variables of this process."""
    images = len(plan.prelinked.images)
    yield ".bss"
    for name, size in (
        ("bundle_unique_addresses", 8 * plan.contents.unique_count),
        ("bundle_load_order", 4 * images),
        ("bundle_image_states", images),
    ):
        yield ".balign 8"
        yield f".globl {name}"
        yield f"{name}: .zero {size}"
    # Pages of their own, for no snapshot may hold them (launcher/lifetime.h). The section begins where a page does, and
    # this object, the last one to add to it, ends it where a page does.
    yield '.section bundle_process,"aw",@progbits'
    yield f".balign {PAGE}"


def _resident_parts(image: Image, locate: Locate) -> Iterator[tuple[str, ImageSegment]]:
    """Sections of a library that lies in the executable's own load segments."""
    for number, part in enumerate(prelink.segments(image, locate)):
        yield f".resident.{image.index}.{number}", part


def _resident_lines(image: Image) -> Iterator[str]:
    """Room for a library, and the symbols through which the executable's own objects are linked with it."""
    symbols = sorted(
        (image.base + symbol.value, symbol)
        for symbol in image.object.symbols
        if symbol.is_exported and not symbol.is_hidden and symbol.name.startswith(EXPORTED_PREFIXES)
    )
    for name, part in _resident_parts(image, lambda _: 0):
        flags = {1: "a", 3: "aw", 5: "ax"}[part.protection]
        label = name.replace(".", "_")
        yield f'.section {name},"{flags}",@progbits'
        yield f"{label}: .zero {len(part.content)}"
        if part.memory_size > len(part.content):
            yield f'.section {name}.bss,"{flags}",@nobits'
            yield f".zero {part.memory_size - len(part.content)}"
        for address, symbol in symbols:
            if part.address <= address < part.address + part.memory_size and symbol.type in _SYMBOL_TYPES:
                yield f".globl {symbol.name}"
                yield f".type {symbol.name}, {_SYMBOL_TYPES[symbol.type]}"
                yield f".size {symbol.name}, {symbol.size}"
                yield f".set {symbol.name}, {label} + {address - part.address}"


def _resident_script(plan: LinkPlan) -> Iterator[str]:
    """For the linker: the addresses of those sections, behind all that it places itself."""
    parts = sorted(
        (part.address, name, part.memory_size > len(part.content))
        for image in plan.prelinked.residents
        for name, part in _resident_parts(image, lambda _: 0)
    )
    yield "SECTIONS {"
    for address, name, has_bss in parts:
        yield f"  {name} {address:#x} : {{ KEEP(*({name})) }}"
        if has_bss:
            yield f"  {name}.bss : {{ KEEP(*({name}.bss)) }}"
    yield "} INSERT AFTER .bss;"


def _linker_files(plan: LinkPlan, payload_size: int) -> dict[str, str]:
    """What the linker and the assembler read besides object files: texts by name, for the folder in which they run."""
    files = {
        _MANIFEST_FILE: plan.manifest.text(),
        _ROOM_FILE: "\n".join((*_room_lines(plan, payload_size), "")),
        _EXPORTS_FILE: "{ Py*; _Py*; };\n",
        _DEFINITIONS_FILE: "".join(f"{name} = {value};\n" for name, value in plan.definitions),
    }
    if plan.prelinked.residents:
        files[_RESIDENTS_FILE] = "\n".join((*_resident_script(plan), ""))
    return files


def _link(plan: LinkPlan, arguments: Iterable[str], files: Mapping[str, str], work: Path) -> Path:
    for name, text in files.items():
        (work / name).write_text(text)
    (work / "arguments.txt").write_text("".join(f'"{argument}"\n' for argument in arguments))
    try:
        plan.toolchain.run("-c", _ROOM_FILE, "-o", _ROOM_OBJECT, cwd=work)
        plan.toolchain.run("@arguments.txt", cwd=work)
    except CommandError as error:
        if "No space left on device" in error.output:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise BundleError(
            "link-failed",
            f"the linker failed: {error.reason}",
            notes=tuple(error.output.strip().splitlines()[-15:]),
            hint="run again with `-v` to see the command",
        ) from error
    return work / LINKED


def _link_arguments(plan: LinkPlan, launcher: Sequence[Path]) -> Iterator[str]:
    # Fixed addresses: frozen data needs no relocation at start.
    yield "-no-pie"
    yield from ("-o", LINKED)
    yield from (str(path.absolute()) for path in (*launcher, *plan.objects))
    yield from (_ROOM_OBJECT, _DEFINITIONS_FILE)
    for name in sorted(plan.prelinked.executable_symbols):
        # Pulls in members of the static library that only images use.
        yield f"-Wl,-u,{name}"
    yield from (str(each.absolute() if isinstance(each, Path) else each) for each in plan.libraries)
    yield from map(str, plan.prelinked.linked_hosts)
    if plan.prelinked.residents:
        yield from ("-T", _RESIDENTS_FILE)
    yield from ("-lm", "-ldl", "-lpthread")
    yield from (f"-Wl,--wrap={name}" for name in plan.wrapped)
    # What extension modules, bundled or loaded from disk, may use; nothing that a library of the host could bind to.
    yield f"-Wl,--dynamic-list={_EXPORTS_FILE}"
    yield "-Wl,--as-needed"
    yield "-Wl,-z,lazy"
    yield "-Wl,-z,relro"
    yield "-Wl,-z,noexecstack"
    yield "-Wl,--hash-style=gnu"
    yield "-Wl,--build-id=sha1"
    # gdb, perf and py-spy need symbol names, so only debug information is dropped.
    yield "-Wl,--strip-debug"


def _check(path: Path) -> None:
    """Properties that the rest of the design stands on; a failure is a bug of ours."""
    executable = read_executable(path, with_symbols=False)
    assert executable.type == _ET_EXEC, "the executable is position-independent"
    assert len(executable.segments) <= MOST_PROGRAM_HEADERS, "too many program headers"
    frozen = [section for name, section in executable.sections.items() if name.startswith(FROZEN_SECTIONS)]
    for rela in read_shared_object(path).relocations:
        assert rela.type != Relocation.COPY, "a copy relocation is left"
        assert not any(s.address <= rela.offset < s.address + s.size for s in frozen), "frozen data is relocated"
    for segment in executable.segments:
        writable_code = segment.type == SegmentType.LOAD and segment.flags & 3 == 3
        assert not writable_code, "a segment is both writable and executable"


# --- Writing the tables -----------------------------------------------------------------------------------------------


def _locator(plan: LinkPlan, executable: Executable) -> Locate:
    """Values of targets, now that the executable's symbols have addresses."""
    stubs = {stub: executable.symbols[_stub_symbol(n)] for n, stub in enumerate(plan.prelinked.stubs)}
    static = {image for image, _ in plan.thread_locals}
    block = next((s for s in executable.segments if s.type == SegmentType.TLS), None)
    # Variant II (ELF Handling For Thread-Local Storage, 3): the block ends at the thread pointer.
    block_size = -(-block.memory_size // block.alignment) * block.alignment if block else 0

    def locate(target: Target) -> int:
        match target:
            case Known(value):
                return value
            case InExecutable(name, addend):
                return executable.symbols[name] + addend
            case Stub():
                return stubs[target]
            case ThreadLocalModule(image):
                return _OWN_MODULE if image in static else bundle_constant("BUNDLE_DYNAMIC_MODULE") + image
            case ThreadLocal(image, offset) if image not in static:
                return offset
            case ThreadLocal(image, offset, from_thread_pointer):
                place = executable.symbols[_thread_local_symbol(image)] + offset
                return place - block_size if from_thread_pointer else place
            case _:
                raise AssertionError(target)

    return locate


def _fill(plan: LinkPlan, path: Path) -> None:
    executable = read_executable(path, without=FROZEN_SECTIONS)
    locate = _locator(plan, executable)
    section = executable.sections[PAYLOAD_SECTION]
    payload = build_payload(plan.contents, section.address, executable.symbols.__getitem__, locate)
    assert len(payload) == section.size, "the payload has another size than was planned"
    with path.open("r+b") as file:
        file.seek(section.offset)
        file.write(payload)
        for image, _ in plan.thread_locals:
            block = next(s for s in executable.segments if s.type == SegmentType.TLS)
            file.seek(block.offset + executable.symbols[_thread_local_symbol(image)])
            file.write(prelink.thread_local_content(plan.prelinked.images[image], locate))
        for resident in plan.prelinked.residents:
            for name, part in _resident_parts(resident, locate):
                file.seek(executable.sections[name].offset)
                file.write(part.content)
