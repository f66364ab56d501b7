"""Which libraries have objects whose death may be seen: only with those is the heap taken apart at exit."""

from __future__ import annotations

from pathlib import Path

import pytest

from bundler.analyze.graph import ModuleGraph
from bundler.elf import X86_64
from bundler.link.endings import ending_visibly
from bundler.link.libraries import Roots, find_closure
from bundler.link.library_search import LibrarySearch
from tests.link import natives


@pytest.mark.skipif(not natives.HAS_CPP, reason="there is no C++ compiler")
def test_who_writes_when_objects_die(natives_folder: Path):
    """Who calls functions that write, or has streams to files or removes them in C++; not the C++ library, which every module in C++ needs."""
    files = sorted(natives_folder.glob("*.abi3.so"))
    closure = find_closure(Roots([(file, f"/here/{file.name}") for file in files]), "/here", LibrarySearch.of(X86_64))

    found = {Path(path).name for path in ending_visibly(ModuleGraph("app", {}, (), (), (), (), (), ""), closure)}

    assert {"libstdc++.so.6", "libgcc_s.so.1"} <= {library.object.name for library in closure.libraries}
    assert {"statics.abi3.so", "file_stream.abi3.so", "file_removed.abi3.so"} <= found
    assert not found & {"use_throw.abi3.so", "libthrow.so", "libstdc++.so.6", "libgcc_s.so.1"}
