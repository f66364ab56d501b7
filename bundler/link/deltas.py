"""Makes the delta between what the binary stores of a prelinked object and the object's file. Verb: `delta_of`.

Binding changes words, and what no segment holds is not stored: section headers, symbols for debuggers. As in VCDIFF
(RFC 3284), a delta copies what is the same and adds the rest. That is little and compresses well, for most of the changed
words were zero: 1 to 2 % of a wheel's libraries.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections.abc import Iterator
from operator import itemgetter

from bundler.contract import bundle_ffi
from bundler.link.model import Delta
from bundler.link.objects import PrelinkedObject
from bundler.link.relocated import changed_places, extent

# What is shorter is not worth a step of its own.
_SHORTEST_COPY = 64


def delta_of(dso: PrelinkedObject) -> Delta:
    """The delta that makes an object's file; `launcher/executable/deltas.c` applies it."""
    data = dso.object.data
    rows: list[tuple[int, int, int]] = []  # bytes to skip, to copy, to add after these
    added = bytearray()
    at = stored_at = skipped = copied = 0
    for start, end, stored in sorted(_unchanged(dso)):
        first = max(start, at)  # segments may share bytes of the file
        if end - first < _SHORTEST_COPY:
            continue
        rows.append((skipped, copied, first - at))
        added += data[at:first]
        skipped, copied = stored + first - start - stored_at, end - first
        stored_at += skipped + copied
        at = end
    rows.append((skipped, copied, len(data) - at))
    added += data[at:]
    ffi = bundle_ffi()
    unpacked = bytes(ffi.buffer(ffi.new("struct bundle_delta_step[]", rows))) + added
    return Delta(_packed(unpacked), len(unpacked), len(rows))


def _unchanged(dso: PrelinkedObject) -> Iterator[tuple[int, int, int]]:
    """Start and end, in the file, of bytes that are stored as they are, and where they are among all that is stored."""
    places = sorted(changed_places(dso))
    before = 0
    for load in dso.object.loads:
        start, stored_size, _ = extent(dso, load)
        address = dso.base + load.address
        stored = before + address - start
        begin = 0
        first, last = (bisect_left(places, end, key=itemgetter(0)) for end in (address - 8, address + load.file_size))
        for place, size in places[first:last]:
            if place - address > begin:
                yield load.offset + begin, load.offset + place - address, stored + begin
            begin = max(begin, place - address + size)
        if begin < load.file_size:
            yield load.offset + begin, load.offset + load.file_size, stored + begin
        before += stored_size


def _packed(content: bytes) -> bytes:
    # The best level takes eight times as long for less than one percent.
    packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()
