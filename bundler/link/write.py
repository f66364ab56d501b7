"""Writes into a linked executable everything that depends on addresses: payload, thread-local data, resident libraries."""

from __future__ import annotations

from bundler.contract import bundle_constant
from bundler.elf import SegmentType, drop_symbols
from bundler.link import relocated
from bundler.link.model import Linked
from bundler.link.objects import (
    Constant,
    DescriptorArgument,
    DescriptorFunction,
    ExecutableSymbol,
    Locate,
    PltStub,
    Target,
    ThreadLocal,
    ThreadLocalModule,
)
from bundler.link.payload import write_payload
from bundler.link.script import FROZEN_SECTIONS, PAYLOAD_SECTION, part_section, stub_symbol, thread_local_symbol
from bundler.link.thread_local import DESCRIPTOR_FUNCTIONS, dynamic_argument, thread_pointer_offset

# The executable's number among those that have thread-local storage.
_OWN_MODULE = 1


def write(linked: Linked) -> None:
    """Complete the executable; from then on it runs. BundleError when a data file changed since it was laid out."""
    executable, layout = linked.executable, linked.layout
    prelinked = layout.plan.prelinked
    locate = locator(linked)
    block = next((segment for segment in executable.segments if segment.type == SegmentType.TLS), None)
    with linked.path.open("r+b") as file:
        write_payload(file, executable.sections[PAYLOAD_SECTION], layout.payload, executable.symbols, locate)
        for each in prelinked.thread_locals:
            assert block is not None, "script.py reserves the storage of each"
            file.seek(block.offset + executable.symbols[thread_local_symbol(each.owner)])
            file.write(relocated.thread_local_content(prelinked.objects[each.owner], locate))
        for resident in prelinked.residents:
            for number, (_, content) in enumerate(relocated.contents(resident, locate)):
                file.seek(executable.sections[part_section(resident, number)].offset)
                file.write(content)
    drop_symbols(linked.path, FROZEN_SECTIONS)


def locator(linked: Linked) -> Locate:
    """The values of targets, now that the executable's symbols have addresses."""
    plan, executable = linked.layout.plan, linked.executable
    stubs = {stub: executable.symbols[stub_symbol(n)] for n, stub in enumerate(plan.prelinked.stubs)}
    static = {block.owner for block in plan.prelinked.thread_locals}
    block = next((s for s in executable.segments if s.type == SegmentType.TLS), None)

    def locate(target: Target) -> int:
        match target:
            case Constant(value):
                return value
            case ExecutableSymbol(name, addend):
                return executable.symbols[name] + addend
            case PltStub():
                return stubs[target]
            case ThreadLocalModule(owner):
                return _OWN_MODULE if owner in static else bundle_constant("BUNDLE_DYNAMIC_MODULE") + owner
            case ThreadLocal(owner, offset, from_thread_pointer):
                if block is None or owner not in static:
                    return offset
                place = executable.symbols[thread_local_symbol(owner)] + offset
                return thread_pointer_offset(plan.machine, block, place) if from_thread_pointer else place
            case DescriptorFunction(owner):
                return executable.symbols[DESCRIPTOR_FUNCTIONS[owner not in static]]
            case DescriptorArgument(owner, offset) if owner in static:
                return locate(ThreadLocal(owner, offset, from_thread_pointer=True))
            case DescriptorArgument(owner, offset):
                return dynamic_argument(plan.prelinked.objects[owner], offset)
            case _:
                raise AssertionError(target)

    return locate
