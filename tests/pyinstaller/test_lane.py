"""The lane of PyInstaller's tests: what its options become, and when the lane fails."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bundler.settings import OPTIONS
from tests.pyinstaller.adapter import spec
from tests.pyinstaller.adapter.recipe import NoCounterpartError, Recipe, bundle_arguments, read_command_line
from tests.pyinstaller.outcomes import Explanation, Outcome, Status, Table, judge, read_report, remember, remembered
from tests.pyinstaller.page import page

_TABLE = Table(
    explained=(Explanation(("test_a.py::test_one*", "test_a.py::test_two[x]"), "it is said to be so"),),
    left_out=(Explanation(("test_b.py*",), "another system"),),
)


def _outcome(test: str, status: Status) -> Outcome:
    return Outcome(test, status, "")


def test_failure_without_an_explanation_is_one_of_the_lane():
    """A test that fails is a defect unless the table says why it is none."""
    judgement = judge(
        [_outcome("test_a.py::test_one[y]", Status.FAILED), _outcome("test_a.py::two", Status.FAILED)], _TABLE
    )

    assert [each.test for each in judgement.unexplained] == ["test_a.py::two"]
    assert not judgement.is_good


def test_explained_test_that_passes_is_one_of_the_lane():
    """An explanation whose test passes is out of date; one whose test is skipped may come true elsewhere."""
    assert judge([_outcome("test_a.py::test_two[x]", Status.PASSED)], _TABLE).needless == ("test_a.py::test_two[x]",)
    assert judge([_outcome("test_a.py::test_two[x]", Status.SKIPPED)], _TABLE).is_good
    assert judge([_outcome("test_a.py::test_two[y]", Status.PASSED)], _TABLE).is_good


def test_reports_are_read(tmp_path: Path):
    """Outcomes are those of pytest's report: failures, errors, skipped tests and those marked to fail."""
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="tests.functional.test_a" name="one[x]"/>'
        '<testcase classname="tests.functional.test_a" name="two"><failure message="m">t</failure></testcase>'
        '<testcase classname="tests.functional.test_a" name="three"><skipped type="pytest.xfail" message="x"/></testcase>'
        '<testcase classname="tests.functional.test_a" name="four"><skipped type="pytest.skip" message="s"/></testcase>'
        '<testcase classname="tests.functional.test_a" name="five"><error message="e"/></testcase></testsuite></testsuites>'
    )

    outcomes = list(read_report(report))

    assert [each.test.partition("::")[2] for each in outcomes] == ["one[x]", "two", "three", "four", "five"]
    assert [each.status for each in outcomes] == [
        *(Status.PASSED, Status.FAILED, Status.EXPECTED, Status.SKIPPED, Status.FAILED),
    ]
    remember(tmp_path / "known.json", {each.test: each for each in outcomes})
    assert list(remembered(tmp_path / "known.json").values()) == outcomes


def test_page_tells_what_is_not_explained():
    """The page names failures with their reasons, those without one too."""
    text = "\n".join(
        page({"3.13": [_outcome("test_a.py::test_one", Status.FAILED), _outcome("x.py::y", Status.FAILED)]}, _TABLE)
    )

    assert "| `test_one` | it is said to be so |" in text
    assert "| `y` | **not explained**" in text
    assert "| 3.13 | 0 | 1 | 1 | 0 | 0 |" in text


def _built(tmp_path: Path, *, interpreter_options: tuple[str, ...] = (), **arguments: object) -> Recipe:
    """The recipe that reaches the builder for a spec file's `Analysis` and `EXE`."""
    made: list[Recipe] = []
    work = spec.Work(tmp_path, tmp_path / "dist", tmp_path / "build", lambda recipe, _output: made.append(recipe))
    token = spec.WORK.set(work)
    try:
        analysis = spec.Analysis(["first.py", "app.py"], **arguments)  # type: ignore[arg-type]
        spec.EXE(spec.PYZ(analysis.pure), [(option, "", "OPTION") for option in interpreter_options], name="app")
    finally:
        spec.WORK.reset(token)
    return made[0]


def test_command_lines_become_ours(tmp_path: Path):
    """What PyInstaller's options ask for is asked of `bundle` by its own, abbreviated ones too."""
    given = read_command_line(
        [
            *("--onefile", "--path", f"/a{os.pathsep}/b", "--hiddenimport=x.y", "--add-data", "f.txt:d"),
            *("--exclude", "z", "--python", "X utf8", "--collect-all", "p", "--additional-hooks-dir=h", "--name", "n"),
        ]
    )
    recipe = _built(tmp_path, interpreter_options=given.interpreter_options, **given.analysis)
    arguments = list(bundle_arguments(recipe))

    assert given.name == "n"
    assert given.package_options == ("--collect-all=p",)
    assert recipe.search_path == (Path("/a"), Path("/b"))
    assert arguments == [
        str(tmp_path / "app.py"),
        f"--runtime-hook={tmp_path / 'first.py'}",
        f"--add-data={tmp_path / 'f.txt'}:d",
        "--hidden-import=x.y",
        "--exclude-module=z",
        f"--additional-hooks-dir={tmp_path / 'h'}",
        "--x-option=utf8",
        "--optimize=0",
    ]


def test_options_that_are_written_exist(tmp_path: Path):
    """Every option of the written command line is one of `bundle`."""
    recipe = _built(
        tmp_path,
        interpreter_options=("W ignore", "X utf8", "O"),
        datas=[("a", ".")],
        hiddenimports=["a"],
        excludes=["a"],
        hookspath=["h"],
        hooksconfig={"m": {"k": [1]}},
    )
    names = {f"--{option.name}" for option in OPTIONS.values()}

    written = {each.partition("=")[0] for each in bundle_arguments(recipe) if each.startswith("--")}

    assert len(written) == 9
    assert written <= names


def test_what_has_no_counterpart_is_said(tmp_path: Path):
    """An interpreter's option that `bundle` has no option for is no silent loss."""
    with pytest.raises(NoCounterpartError, match="'v'"):
        _built(tmp_path, interpreter_options=("v",))
