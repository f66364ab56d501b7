"""Lays out and writes the payload: tables of `launcher/bundle.h`, then the contents of files and prelinked objects.

The payload is one section of the executable. `lay_out_payload` gives everything its place once; the tables are then
complete but for addresses, which they refer to as an object file does. `write_payload` fills these in, and copies the rest.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import BinaryIO

from bundler.elf import Machine, Section, symbol_file, symbol_file_size
from bundler.errors import BundleError
from bundler.link import relocated
from bundler.link.contents import CarriedFile, Contents, Entry, FileEntry, InlineFile, PrelinkedFile, StoredEntry
from bundler.link.deltas import delta_of
from bundler.link.model import Payload, StoredDelta, StoredFile, StoredObject, StoredPart, Tables
from bundler.link.objects import Locate, PrelinkedObject
from bundler.link.tables import head_size, make_tables

_FILE_ALIGNMENT = 16
_SYMBOL_FILE_ALIGNMENT = 8
_COPIED_AT_ONCE = 1 << 20


def lay_out_payload(contents: Contents, machine: Machine) -> Payload:
    """Give everything its place. Files are read for their digests; BundleError when one is not as it was planned.

    The bulk comes first, so that what a start looks up, tables and texts, lies together in few pages.
    """
    space = _Space(head_size())
    files = tuple(_stored_files(contents.files, space))
    prelinked = contents.libraries.prelinked.objects
    parts = [tuple(_stored_parts(dso, space)) for dso in prelinked]
    deltas = tuple(_stored_deltas(contents.files, space))
    symbol_files = [space.take(symbol_file_size(dso.object), _SYMBOL_FILE_ALIGNMENT) for dso in prelinked]
    objects = tuple(map(StoredObject, prelinked, parts, symbol_files))
    tables = make_tables(contents, files, deltas, objects, space.end)
    size = machine.page_up(max(offset + len(data) for offset, data in tables.chunks))
    return Payload(size, files, deltas, objects, tables)


class _Space:
    """Hands out offsets of the payload; all before `end` is taken."""

    def __init__(self, end: int) -> None:
        self.end = end

    def take(self, size: int, alignment: int) -> int:
        """The offset of the next `size` bytes."""
        start = -(-self.end // alignment) * alignment
        self.end = start + size
        return start


def _stored_files(entries: Iterable[Entry], space: _Space) -> Iterator[StoredFile]:
    for entry in entries:
        if isinstance(entry, StoredEntry):
            packed = _packed(entry) if isinstance(entry, FileEntry) and entry.is_packed else b""
            offset = space.take(len(packed) or entry.size, _FILE_ALIGNMENT)
            yield StoredFile(entry, offset, _digest(entry), packed)


def _packed(entry: FileEntry) -> bytes:
    """The content compressed (raw DEFLATE); nothing when that is not smaller."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = b"".join((*map(packer.compress, _content(entry)), packer.flush()))
    return packed if len(packed) < entry.size else b""


def _stored_deltas(entries: Iterable[Entry], space: _Space) -> Iterator[StoredDelta]:
    for entry in entries:
        if isinstance(entry, PrelinkedFile) and entry.is_readable and not entry.object.is_resident:
            delta = delta_of(entry.object)
            offset = space.take(len(delta.packed), _FILE_ALIGNMENT)
            yield StoredDelta(entry, delta, offset, hashlib.sha256(entry.object.object.data).hexdigest())


def _stored_parts(dso: PrelinkedObject, space: _Space) -> Iterator[StoredPart]:
    page_size = dso.object.machine.page_size
    for part in relocated.parts(dso):
        # A resident object lies in the executable's own segments.
        is_stored = part.stored_size and not dso.is_resident
        yield StoredPart(part, space.take(part.stored_size, page_size) if is_stored else 0)


# --- Contents of files ------------------------------------------------------------------------------------------------


def _content(entry: StoredEntry) -> Iterator[bytes]:
    """A file's content, piece by piece; BundleError when it has another size than was planned."""
    match entry:
        case InlineFile(content=bytes() as content) | FileEntry(content=bytes() as content):
            yield content
        case CarriedFile(library=library):
            yield library.content
        case FileEntry(source=source, size=size):
            found = 0
            with source.open("rb") as file:
                while piece := file.read(_COPIED_AT_ONCE):
                    found += len(piece)
                    yield piece
            if found != size:
                raise _changed(entry)


def _digest(entry: StoredEntry) -> str:
    state = hashlib.sha256()
    for piece in _content(entry):
        state.update(piece)
    return state.hexdigest()


def _changed(entry: StoredEntry) -> BundleError:
    source = entry.source if isinstance(entry, FileEntry) else entry.path
    return BundleError("file-changed", f"`{source}` changed while it was bundled", hint="run bundle again")


# --- Writing ----------------------------------------------------------------------------------------------------------


def write_payload(
    file: BinaryIO, section: Section, payload: Payload, symbols: Mapping[str, int], locate: Locate
) -> None:
    """Write the payload into its section of an executable.

    `symbols`: addresses in the executable. BundleError when a file is not what it was when it was laid out.
    """
    for stored in payload.files:
        file.seek(section.offset + stored.offset)
        _write_file(file, stored)
    for delta in payload.deltas:
        file.seek(section.offset + delta.offset)
        file.write(delta.delta.packed)
    for each in payload.objects:
        dso = each.object
        file.seek(section.offset + each.symbol_file)
        file.write(symbol_file(dso.object, dso.base, section.address + each.symbol_file))
        if dso.is_resident:
            continue
        for stored_part, (_, content) in zip(each.parts, relocated.contents(dso, locate), strict=True):
            file.seek(section.offset + stored_part.offset)
            file.write(content)
    for offset, data in bound_tables(payload.tables, section.address, symbols):
        file.seek(section.offset + offset)
        file.write(data)


def bound_tables(tables: Tables, base: int, symbols: Mapping[str, int]) -> Iterator[tuple[int, bytes]]:
    """The bytes of the tables by their offsets, with addresses in them; the payload lies at `base`."""
    chunks = [(offset, bytearray(data)) for offset, data in tables.chunks]
    for reference in tables.references:
        address = (base if reference.symbol is None else symbols[reference.symbol]) + reference.offset
        offset, data = next(chunk for chunk in chunks if chunk[0] <= reference.place < chunk[0] + len(chunk[1]))
        place = reference.place - offset
        data[place : place + 8] = address.to_bytes(8, "little")
    for offset, data in chunks:
        yield offset, bytes(data)


def _write_file(file: BinaryIO, stored: StoredFile) -> None:
    for piece in (stored.packed,) if stored.packed else _same_content(stored):
        file.write(piece)


def _same_content(stored: StoredFile) -> Iterator[bytes]:
    """A file's content, piece by piece; BundleError at its end when it changed since it was laid out."""
    state = hashlib.sha256()
    try:
        for piece in _content(stored.entry):
            state.update(piece)
            yield piece
    except OSError as error:
        raise _changed(stored.entry) from error
    if state.hexdigest() != stored.digest:
        raise _changed(stored.entry)
