"""Links: runs the assembler and the linker, checks what they made, and completes it. Verbs: `lay_out`, `link`."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from bundler.context import BuildContext
from bundler.elf import FileType, Relocation, SegmentType, read_executable, read_shared_object
from bundler.errors import BundleError
from bundler.glibc import OWN_FUNCTIONS, CLibrary, Floor, make_archive, make_stubs
from bundler.link.finished import is_static, needed_versions
from bundler.link.model import LauncherFiles, Layout, Linked, LinkPlan
from bundler.link.payload import lay_out_payload
from bundler.link.portability import EXECUTABLE, check_limits
from bundler.link.script import (
    END_FILE,
    END_OBJECT,
    FROZEN_SECTIONS,
    OUTPUT,
    ROOM_FILE,
    ROOM_OBJECT,
    SYMBOLS_FILE,
    SYMBOLS_OBJECT,
    c_library_texts,
    link_arguments,
    linker_texts,
)
from bundler.link.write import write
from bundler.process import CommandError

# Linux before 6.17 refuses to start a program with more than 73 (fs/binfmt_elf.c, one page of headers).
MOST_PROGRAM_HEADERS = 60


def find_c_library(floor: Floor | None, launcher: LauncherFiles, context: BuildContext) -> CLibrary | None:
    """The C library for the linker in place of this machine's, from the cache; None: this machine's serves."""
    if floor is None:
        return None
    toolchain, cache = context.toolchain, context.cache
    others = [toolchain.find_file("libc_nonshared.a")]
    return CLibrary(
        stubs=make_stubs(floor, toolchain, cache),
        polyfills=make_archive(floor, launcher.polyfills, toolchain, cache),
        others=tuple(path for path in others if path is not None),
    )


def lay_out(plan: LinkPlan, launcher: LauncherFiles, context: BuildContext, *, sbom: str = "") -> Layout:
    """Give everything its place in the payload, and make the linker's inputs. Data files are read, for their digests.

    `sbom`: a bill of materials that the executable is to hold; "": none.
    """
    c_library = find_c_library(plan.floor, launcher, context)
    payload = lay_out_payload(plan.contents, plan.machine)
    texts = {**linker_texts(plan, payload.size, sbom), **c_library_texts(c_library)}
    own = OWN_FUNCTIONS if plan.static is not None else ()
    objects = (*launcher.objects, *(launcher.polyfills[name] for name in own))
    return Layout(plan, context.toolchain, c_library, payload, texts, tuple(link_arguments(plan, objects, c_library)))


def link(layout: Layout, folder: Path) -> Linked:
    """Link in a folder. The executable is complete, and runs; it is not in the user's place yet.

    BundleError when the linker fails, when the executable would need newer libraries than the settings allow, or when a data file
    changed since it was laid out.
    """
    path = _run_linker(layout, folder)
    plan = layout.plan
    if plan.static is None:
        check_executable(path)
    else:
        check_static_executable(path)
    needs = {EXECUTABLE: needed_versions(path), **dict(plan.manifest.symbol_versions)}
    check_limits(needs, dict(plan.version_limits))
    linked = Linked(layout, read_executable(path, without=FROZEN_SECTIONS))
    write(linked)
    return linked


def _run_linker(layout: Layout, folder: Path) -> Path:
    for name, text in layout.texts.items():
        (folder / name).write_text(text)
    try:
        for source, made in ((ROOM_FILE, ROOM_OBJECT), (END_FILE, END_OBJECT), (SYMBOLS_FILE, SYMBOLS_OBJECT)):
            if source in layout.texts:
                layout.toolchain.run("-c", source, "-o", made, cwd=folder)
        floor = layout.plan.floor
        layout.toolchain.link(layout.arguments, folder, floor.version if floor else None)
    except CommandError as error:
        if "No space left on device" in error.output:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
        raise BundleError(
            "link-failed",
            f"the linker failed: {error.reason}",
            # Of what is linked statically, linkers warn at length.
            notes=tuple(line for line in error.output.strip().splitlines() if ": warning: " not in line)[-15:],
            hint="run again with `-v` to see the command",
        ) from error
    return folder / OUTPUT


def check_executable(path: Path) -> None:
    """BundleError when the executable lacks a property that the design relies on: compilers and archives decide some."""
    _refuse((*_problems(path), *_relocation_problems(path)))


def check_static_executable(path: Path) -> None:
    """BundleError when the executable needs a dynamic linker or holds one, or lacks what every executable has."""
    _refuse((*_problems(path), *_linking_problems(path)))


def _refuse(problems: Iterable[str]) -> None:
    """BundleError when there are problems."""
    each_once = tuple(dict.fromkeys(problems))
    if each_once:
        first, *others = each_once
        raise BundleError(
            "unfit-executable",
            f"the linked executable cannot be used: {first}",
            notes=tuple(others),
            hint="embed the other kind of library with `--libpython`, or choose another interpreter with `--python`; "
            "if neither helps, report this",
        )


def _problems(path: Path) -> Iterator[str]:
    executable = read_executable(path, with_symbols=False)
    if executable.type != FileType.EXECUTABLE:
        yield "it is position-independent"
    if len(executable.segments) > MOST_PROGRAM_HEADERS:
        yield f"it has {len(executable.segments)} program headers, of which Linux may refuse more than {MOST_PROGRAM_HEADERS}"
    for segment in executable.segments:
        if segment.type == SegmentType.LOAD and segment.is_writable and segment.is_executable:
            yield "a segment is both writable and executable"


def _relocation_problems(path: Path) -> Iterator[str]:
    sections = read_executable(path, with_symbols=False).sections
    frozen = [section for name, section in sections.items() if name.startswith(FROZEN_SECTIONS)]
    linked = read_shared_object(path)
    for rela in linked.relocations:
        if linked.kind_of(rela) is Relocation.COPY:
            yield f"libpython takes a copy of the C library's `{linked.symbols[rela.symbol].name}`: it was compiled without -fPIC"
        if any(section.address <= rela.offset < section.address + section.size for section in frozen):
            yield "frozen data is relocated when it starts"


def _linking_problems(path: Path) -> Iterator[str]:
    if not is_static(path):
        yield "it needs a dynamic linker"
    # The function of glibc that loads a shared object (elf/dl-open.c).
    if "_dl_open" in read_executable(path, without=FROZEN_SECTIONS).symbols:
        yield "it can load libraries of the system"
