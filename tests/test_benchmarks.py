"""The start-up benchmark's own parts; what it measures is in docs/benchmarks.md."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks import node, picture
from benchmarks.downloads import Download, kept_rows, row, section, weigh
from benchmarks.sections import PAGE, kept_section, kept_sections, with_section
from benchmarks.startup.clock import Timing, build_starter, side_by_side
from benchmarks.startup.results import Results, page
from benchmarks.startup.tools import BUNDLE, PYTHON, Built, Cost
from tests.support import ROOT

DAY = datetime.date(2026, 11, 29)


def test_starts_are_timed(tmp_path: Path):
    """A start takes time and memory, and one that does more takes more; memory is the program's own, not ours."""
    starter = build_starter(tmp_path)
    ours = bytearray(100 << 20)

    found = side_by_side({"short": ["/bin/true"], "long": ["/bin/sleep", "0.05"]}, 3, starter)

    assert len(ours) > 0
    assert 0 < found["short"].time < found["long"].time
    assert found["long"].time >= 50
    assert 0 < found["short"].memory < 50


def test_a_start_that_fails_is_no_result(tmp_path: Path):
    """A program that ends with an error is not timed as if it had worked."""
    with pytest.raises(RuntimeError, match="/bin/false` ended with status 1"):
        side_by_side({"broken": ["/bin/false"]}, 1, build_starter(tmp_path))


def test_page_compares_with_python_and_with_the_best_of_the_others():
    """The last columns are ratios: to python, and to the least that another tool takes."""
    timings = {"hello": {"C": Timing(1, 1), PYTHON: Timing(20, 10), "slow": Timing(40, 10), "fast": Timing(16, 20)}}
    timings["hello"][BUNDLE] = Timing(8, 5)
    builds = {
        "hello": {BUNDLE: Built(("hello",), 9_000_000, Cost(2, 3), Cost(1, 1)), "fast": Built(("x",), 18_000_000)}
    }

    lines = page(Results("versions", 50, timings, builds, {"slow building x": "why"}), "plot.svg").splitlines()

    assert "| hello | 1.0 | 20.0 | 40.0 | 16.0 | 8.0 | 0.40 | 0.50 |" in lines
    assert "| hello | 1.0 | 10.0 | 10.0 | 20.0 | 5.0 | 0.50 | 0.50 |" in lines
    assert "| hello | 9.0 | 18.0 | 0.50 |" in lines
    assert "- slow building x: why" in lines


def test_sizes_of_downloads(tmp_path: Path):
    """A program weighs less in an archive if it can be compressed, and the last columns are ratios of archives."""
    (tmp_path / "program").write_bytes(bytes(100_000))
    found = weigh(tmp_path / "program")
    theirs = Download(200_000, {"tar.gz": 2_000_000, "tar.zst": 1_000_000})
    ours = Download(4_000_000, {"tar.gz": 1_000_000, "tar.zst": 800_000})
    lines = section([row("hello", {BUNDLE: ours, "PyInstaller onefile": theirs}, DAY)]).splitlines()

    assert found.file == 100_000
    assert all(0 < size < 10_000 for size in found.archives.values())
    assert "| hello | 4.0 | 1.0 | 0.8 | 0.2 | 2.0 | 1.0 | 0.50 | 0.80 | 2026-11-29 |" in lines
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1


def test_the_page_keeps_what_other_commands_wrote():
    """Timing anew leaves sections of other commands as they are; one that is written again takes its own place."""
    downloads = section(["| hello | 4.0 |"])
    both = with_section(f"before\n{downloads}after\n", "node", node.section("Medians.", {}))
    text = page(Results("versions", 50, {}, {}, {}), "plot.svg", kept_sections(both))

    assert kept_section(text, "downloads") == downloads
    assert kept_section(text, "node") == node.section("Medians.", {})
    assert kept_sections(page(Results("versions", 50, {}, {}, {}), "plot.svg", "")) == ""
    assert with_section(both, "node", "new\n") == f"before\n{downloads}\nnew\nafter\n"


def test_beside_node():
    """A row has the times of a program, and what its start from a snapshot takes of a usual one."""
    found = {("C", node.USUAL): Timing(0.5, 1), ("x", node.USUAL): Timing(40, 1), ("x", node.RESTORED): Timing(10, 1)}
    lines = node.section("Medians.", found).splitlines()

    assert "| C |  | 0.5 |  |  |" in lines
    assert "| x |  | 40.0 | 10.0 | 0.25 |" in lines


def test_rows_of_a_page_are_kept():
    """A run for some programs finds the rows of the others, and no other line of the table."""
    rows = ["| hello | 4.0 | 2026-11-29 |", "| numpy | 77.5 | 2026-11-29 |"]

    assert kept_rows(f"| other | 1 |\n{section(rows)}| last | 1 |\n") == {"hello": rows[0], "numpy": rows[1]}


# --- The picture of a build and of a start ----------------------------------------------------------------------------


def test_the_picture_has_the_times_of_the_page():
    """The picture is drawn from the page as it is now, README shows it, and its bars are as long as its numbers say."""
    page, drawn = PAGE.read_text(), picture.PICTURE.read_text()
    bars = re.findall(r'class="(python|bundle)" .* width="([\d.]+)" .*\n<text .*>([\d.]+) (\w+)<', drawn)
    rows = {line.split(" | ")[0].removeprefix("| "): line for line in reversed(page.splitlines())}

    assert drawn == picture.picture(page)
    assert f"(docs/{picture.PICTURE.name})" in (ROOT / "README.md").read_text()
    assert len(bars) == 2 * len(picture.SHOWN)
    assert len({round(float(width) / float(time), 1) for _, width, time, _ in bars}) == 1
    assert all(tool == told for tool, _, _, told in bars)
    shown = iter(bars)
    for name, first, second in zip(picture.SHOWN, shown, shown, strict=True):
        assert f" {first[2]} " in rows[name]
        assert f" {second[2]} " in rows[name]


def test_the_picture_is_read_in_light_and_dark():
    """The picture is an XML document with a background of its own, and has each colour for light and dark."""
    text = picture.PICTURE.read_text()
    light, dark = (set(re.findall(r"--[\w-]+(?=:)", part)) for part in text.split("prefers-color-scheme: dark"))

    ground = ET.fromstring(text).find("{http://www.w3.org/2000/svg}rect")
    assert ground is not None
    assert ground.get("class") == "ground"
    assert light == dark == set(re.findall(r"var\((--[\w-]+)\)", text))


def test_times_of_a_page():
    """The times are read by start and by tool from the table of times, and from no other."""
    page = "## Time from start to end, ms\n\n| | python | bundle |\n|---|---|---|\n| a --b | 2.5 |  |\n\n## Peak\n| a | 1 | 2 |\n"

    assert picture.times(page) == {"a --b": {"python": "2.5", "bundle": ""}}
