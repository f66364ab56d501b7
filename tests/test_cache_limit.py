"""`bundle cache`: the limit is kept, what is in use stays, and commands say what they did."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from bundler.cache import Cache
from bundler.cache_limit import entries, keep_limit, keep_limit_by_itself, remove_all, remove_unused
from bundler.errors import BundleError
from bundler.values import cache_limit, seconds_of, size_of
from tests.support import bundle

DAY = 86400


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    """One with four entries of about 1000 bytes, used one to four days ago."""
    made = Cache(tmp_path / "cache")
    for days in (3, 1, 4, 2):
        (tmp_path / "x").write_bytes(bytes(1000))
        made.put("frozen", f"0{days}abc", days, {".o": tmp_path / "x"})
        age(made, days)
    return made


def age(cache: Cache, days: float, key: str = "") -> None:
    """Set the last use of an entry back."""
    for suffix in (".o", ".json"):
        when = time.time() - days * DAY
        os.utime(cache.path("frozen", key or f"0{days}abc", suffix), (when, when))


def left(cache: Cache) -> list[int]:
    return [days for days in (1, 2, 3, 4) if cache.get("frozen", f"0{days}abc", (".o",)) is not None]


def test_an_entry_is_all_of_its_files(cache: Cache):
    """Files of one key are one entry; the one that was used last is at the end."""
    found = entries(cache)

    assert [len(entry.paths) for entry in found] == [2, 2, 2, 2]
    assert [entry.paths[0].parent.name for entry in found] == ["04", "03", "02", "01"]
    assert all(1000 < entry.size < 1100 for entry in found)


def test_the_oldest_go_first(cache: Cache):
    """The limit is kept with a tenth to spare; nothing goes while it is kept, or without a limit."""
    assert keep_limit(cache, 10_000).entries == 0
    assert keep_limit(cache, 0).entries == 0
    assert keep_limit(cache, 4_000).entries == 1
    assert left(cache) == [1, 2, 3]


def test_what_is_used_stays(cache: Cache):
    """Looking an entry up is a use of it; what was used within the last hour stays, whatever the limit."""
    assert cache.get("frozen", "04abc", (".o",)) == 4

    assert keep_limit(cache, 1).entries == 3
    assert left(cache) == [4]


def test_builds_look_once_an_hour(cache: Cache):
    """Builds keep the limit by themselves, and look at the cache no more often than anything can be removed."""
    keep_limit_by_itself(cache, 4_000)
    assert left(cache) == [1, 2, 3]
    for seconds, expected in ((1800, [1, 2, 3]), (3700, [1])):
        before = time.time() - seconds
        os.utime(cache.root / ".limit", (before, before))
        for days in (1, 2, 3):  # looking them up was a use
            for path in cache.root.glob(f"frozen/0{days}/*"):
                os.utime(path, (time.time() - days * DAY,) * 2)
        keep_limit_by_itself(cache, 1_200)
        assert left(cache) == expected


def test_folders_and_leftovers(cache: Cache):
    """Entries that are folders count with all that is in them; what an interrupted build left goes like they do."""
    folder = cache.path("environment", "55aa", "")
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").write_bytes(bytes(500))
    (folder / "link").symlink_to(folder.parent)
    folder.with_name(f"{folder.name}.lock").touch()
    workplace = cache.root / "frozen" / ".interrupted"
    workplace.mkdir()
    (workplace / "frozen.c").write_bytes(bytes(300))
    half = cache.path("frozen", "01abc", "").with_name(".half")
    half.write_bytes(bytes(200))
    sizes = {entry.paths[0].name: entry.size for entry in entries(cache)}

    assert sizes["aa"] >= 500
    assert (sizes[".interrupted"], sizes[".half"]) == (300, 200)
    assert remove_all(cache).entries == 7
    assert [path for path in cache.root.rglob("*") if not path.is_dir()] == []


def test_by_age(cache: Cache):
    """What no build has used for a time is removed, whatever the size."""
    assert remove_unused(cache, 2.5 * DAY).entries == 2
    assert left(cache) == [1, 2]


def test_texts_of_sizes_and_times():
    """Sizes are decimal, with or without a unit; a wrong one names what is right."""
    assert [size_of(text) for text in ("7", "1.5k", "500M", "2 GB", "1t")] == [7, 1500, 5 * 10**8, 2 * 10**9, 10**12]
    assert [seconds_of(text) for text in ("30d", "12h", "10m", "5s")] == [30 * DAY, 43200, 600, 5]
    for wrong in ("", "much", "-1G", "1 X"):
        with pytest.raises(ValueError, match="500M"):
            size_of(wrong)
    with pytest.raises(ValueError, match="30d"):
        seconds_of("30")
    with pytest.raises(BundleError, match="BUNDLER_CACHE_SIZE"):
        cache_limit({"BUNDLER_CACHE_SIZE": "much"})
    assert cache_limit({"BUNDLER_CACHE_SIZE": "0"}) == 0


def test_the_command(cache: Cache):
    """`bundle cache` tells folder, size and limit; `dir`, `prune` and `clean` do what they say."""
    variables: Any = {"BUNDLER_CACHE_DIR": str(cache.root), "BUNDLER_CACHE_SIZE": "2M"}
    shown = bundle("cache", **variables).stdout.decode()
    found = json.loads(bundle("cache", "--json", **variables).stdout)

    assert shown.startswith(f"{cache.root}: 4.2 kB of at most 2.0 MB")
    assert "compiled modules" in shown
    assert (found["folder"], found["limit"], found["kinds"][0]["entries"]) == (str(cache.root), 2_000_000, 4)
    assert bundle("cache", "dir", **variables).stdout.decode() == f"{cache.root}\n"
    assert bundle("cache", "prune", "--unused", "60h", **variables).stderr.endswith(b"removed 2 items, 2.1 kB\n")
    assert left(cache) == [1, 2]
    age(cache, 1)
    age(cache, 2)
    assert bundle("cache", "prune", "--size", "1500", **variables).stderr.endswith(b"removed 1 item, 1.1 kB\n")
    assert left(cache) == [1]
    assert bundle("cache", "clean", **variables).stderr.endswith(b"removed 1 item, 1.1 kB\n")
    assert entries(cache) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("clean", "--size", "1M"), b"`--size` belongs to `bundle cache prune`"),
        (("prune", "--size", "much"), b"`much` is not a size"),
        (("prune", "--unused", "ever"), b"`ever` is not a time"),
        (("shrink",), b"shrink"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], words: bytes):
    """What makes no sense is said, and nothing is removed."""
    done = bundle("cache", *arguments)

    assert done.status == 2
    assert words in done.stderr
