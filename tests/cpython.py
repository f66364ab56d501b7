"""CPython's own tests, run by a binary that holds them as static code, next to the same tests run by `python`.

    python -m tests.cpython [--write FILE] [PYTHON ...] [--tests NAME ...]

The binary starts from a snapshot, and so the tests run in a restored process. Takes some 15 minutes for each Python: all that are found and have the package `test`, unless some are named. Ends with
status 1 when a test has another outcome in the binary and `EXCEPTIONS` does not say why. `--write docs/cpython-tests.md`
writes the page of results.
"""

from __future__ import annotations

import argparse
import fnmatch
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.support import VERSIONS, find_interpreter, plain_environment
from tests.support import run as run_binary

# Those that look at code objects, and at what else a binary could get wrong.
TESTS = """
    test_code test_marshal test_dis test_inspect test_sys_settrace test_sys_setprofile test_monitoring test_generators
    test_coroutines test_asyncgen test_exceptions test_traceback test_typing test_dataclasses test_enum test_re test_json
    test_pickle test_copy test_weakref test_gc test_threading test_asyncio test_functools test_collections test_unittest
    test_pkgutil test_runpy test_atexit test_threading_local test_faulthandler test_signal test_io test_os test_random
    test_locale test_subprocess test_multiprocessing_fork test_multiprocessing_forkserver test_multiprocessing_spawn
    test_importlib
""".split()

# Packages that they import from.
HELPERS = ("libregrtest", "support", "tracedmodules", "typinganndata")

# What differs, and why it may. Patterns of test names; of each, the reason is shown in the documentation.
EXCEPTIONS: dict[str, str] = {
    "test.test_code.CodeConstsTest.test_interned_string*": "strings of modules are interned when something asks for them, "
    "not when they are loaded; a string that was interned at run time before that is another object",
    "test.test_pickle.*.test_buffers_numpy": "needs numpy, which is installed beside that Python and not part of the binary",
    "test.test_unittest.test_program.TestCommandLineArgs.testSelectedTestNamesFunctionalTest": "a child process that is "
    "started in a folder of the binary works in a copy of that folder, and `test.support`, which lies elsewhere, looks for "
    "packages relative to itself",
    "test.test_importlib.frozen.*": "frozen modules that CPython has for these tests alone (`__hello__`, `__phello__`) are "
    "left out",
    **dict.fromkeys(
        ("test.test_importlib.source.test_file_loader.*", "test.test_importlib.test_abc.*_SourceLoaderBytecodeTests.*"),
        "a program that is bundled writes no bytecode files (`sys.dont_write_bytecode`); these tests then skip themselves",
    ),
    "test.test_importlib.test_threaded_import.ThreadedImportTests.test_parallel_path_hooks": "modules of the binary are "
    "found before `sys.path` is looked at",
    **dict.fromkeys(
        (
            "test.test_pickle.*.test_unpickle_module_race",
            "test.test_runpy.RunModuleTestCase.*",
            "test.test_traceback.*SuggestionFormattingTests.test_import_from_*",
            "test.test_importlib.test_threaded_import.ThreadedImportTests.test_circular_imports",
            "test.test_importlib.test_threaded_import.ThreadedImportTests.test_side_effect_import",
        ),
        "they delete files that are not there in all folders of `sys.path`, and in a read-only file system, as `/__bundle__` is one, "
        "that fails for another reason",
    ),
    "test.test_os.ReadlinkTests.*": "a link to a file of the binary leads to a copy, which other programs can read",
    "*test_multiprocessing_spawn*.TestFlags.test_flags": "the workers of a process pool have the program's own "
    "options, not those of a Python that the program was asked to be",
}

# Tests whose files some releases do not install (3.11.7, 3.12.1), by name: written anew from what they install.
_NOT_INSTALLED = {
    f"test_multiprocessing_{way}": "from test._test_multiprocessing import install_tests_in_module_dict\n"
    f"install_tests_in_module_dict(globals(), '{way}')\n"
    for way in ("fork", "forkserver", "spawn")
}

_MOST_NAMED = 8  # tests on the page for one reason; if more, their patterns

# Outcomes: "passed", "skipped", or how it failed.
Outcomes = Mapping[str, str]


@dataclass(frozen=True)
class Result:
    """One test file under one Python, in both forms; outcomes by the names of tests."""

    python: str
    name: str
    original: Outcomes
    binary: Outcomes

    @property
    def differences(self) -> dict[str, tuple[str, str]]:
        """Tests that do not end as under python: there, and in the binary."""
        names = sorted({*self.original, *self.binary})
        pairs = {name: (self.original.get(name, "not run"), self.binary.get(name, "not run")) for name in names}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1] and pair[1] != "passed"}

    def passed(self, outcomes: Outcomes) -> int:
        """How many tests passed."""
        return sum(outcome == "passed" for outcome in outcomes.values())


def reason_of(test: str) -> str | None:
    """Why a test may have another outcome in a binary."""
    return next((reason for pattern, reason in EXCEPTIONS.items() if fnmatch.fnmatchcase(test, pattern)), None)


def modules_of(stdlib: Path, tests: Sequence[str]) -> Iterator[str]:
    """The modules of these tests, and all that any test may import as a helper."""
    for path in sorted((stdlib / "test").rglob("*.py")):
        module = path.relative_to(stdlib).with_suffix("")
        top = module.parts[1]
        is_helper = not top.startswith("test_") and (len(module.parts) == 2 or top in HELPERS)
        if (top in tests or is_helper) and module.name != "__main__" and "data" not in module.parts:
            yield ".".join(module.parent.parts if module.name == "__init__" else module.parts)
    if "test_unittest" in tests:
        # Up to 3.11 they lie in the package that they test.
        for path in sorted((stdlib / "unittest" / "test").rglob("*.py")):
            if path.stem not in ("__init__", "__main__"):
                yield ".".join(path.relative_to(stdlib).with_suffix("").parts)
    # Extension modules that exist for tests, some of which only search for them.
    for path in sorted((stdlib / "lib-dynload").glob("_test*.so")):
        yield path.name.partition(".")[0]


def build(python: Path, stdlib: Path, tests: Sequence[str], folder: Path) -> Path:
    """A binary of the test runner. Sources come along as data: many tests look at their own."""
    shutil.copytree(
        stdlib,
        folder / "Lib",
        ignore=shutil.ignore_patterns("__pycache__", "site-packages", "*.so", "config-*", "idlelib"),
    )
    hidden = [f"--hidden-import={name}" for name in modules_of(stdlib, tests)]
    command: list[str | Path] = [Path(sysconfig.get_path("scripts"), "bundle"), "-m", "test", "--python", python]
    command += [
        "--stdlib",
        "full",
        "--python-command",
        "--add-data",
        f"{folder / 'Lib'}:.",
        "--snapshot",
        "require",
        "-o",
        folder / "cpython-tests",
    ]
    subprocess.run([*command, *hidden], check=True)
    binary = folder / "cpython-tests"
    shown = run_binary([binary, "--list-tests"], environment={**plain_environment(), "BUNDLE_TRACE": "snapshot"})
    assert b"snapshot: restored" in shown.stderr, shown.stderr
    return binary


def outcomes(command: Sequence[str | Path], name: str, folder: Path, *, is_installed: bool = True) -> dict[str, str]:
    """Run one test file and read what became of each test."""
    folder.mkdir()
    report = folder / "report.xml"
    arguments: list[str | Path] = ["--junit-xml", report, "--timeout", "600"]
    if is_installed:
        arguments.append(name)
    else:
        # Under a name that the runner does not know: it would look for a folder.
        (folder / f"{name}_all.py").write_text(_NOT_INSTALLED[name])
        arguments += ["--testdir", folder, f"{name}_all"]
    try:
        done = subprocess.run(
            [*command, *arguments],
            cwd=folder,
            env=plain_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=900,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {name: "timed out"}
    if not report.exists():
        last = (done.stdout + done.stderr).decode(errors="replace").strip().splitlines()[-1:]
        return {name: f"ended with status {done.returncode}: {' '.join(last)}"}
    # One that could not be loaded has no name.
    return {case.get("name", f"{name}: a part"): _outcome(case) for case in ET.parse(report).iter("testcase")}


def _outcome(case: ET.Element) -> str:
    for kind in ("error", "failure", "skipped"):
        found = case.find(kind)
        if found is not None:
            return "skipped" if kind == "skipped" else f"{kind}: {(found.get('message') or '').splitlines()[0][:150]}"
    return "passed"


def run(python: Path, wanted: Sequence[str]) -> Iterator[Result]:
    """Every test file in both forms."""
    facts = "import sys, sysconfig; print(sys.version.split()[0], sysconfig.get_path('stdlib'))"
    version, stdlib = subprocess.run([python, "-c", facts], capture_output=True, text=True, check=True).stdout.split()
    installed = {name for name in wanted if any((Path(stdlib, "test", each)).exists() for each in (name, f"{name}.py"))}
    tests = [name for name in wanted if name in installed or name in _NOT_INSTALLED]
    with tempfile.TemporaryDirectory(prefix="bundler-") as work:
        folder = Path(work)
        binary = build(python, Path(stdlib), tests, folder)
        for name in tests:
            forms: dict[str, list[str | Path]] = {"python": [python, "-I", "-m", "test"], "binary": [binary]}
            expected, found = (
                outcomes(command, name, folder / f"{name}-{form}", is_installed=name in installed)
                for form, command in forms.items()
            )
            yield Result(version, name, expected, found)


def page(results: Sequence[Result]) -> Iterator[str]:
    """Lines of the page of results."""
    yield "# CPython's own tests in a binary"
    yield ""
    yield "`python -m tests.cpython` bundles the regression test runner with the whole standard library and runs test files in the"
    yield "binary, which starts from a snapshot, and with `python -I -m test`. Passed tests, in the binary and under `python`:"
    yield ""
    pythons = sorted({result.python for result in results})
    names = list(dict.fromkeys(result.name for result in results))
    found = {(result.name, result.python): result for result in results}
    yield f"| | {' | '.join(pythons)} |"
    yield f"|---|{'---|' * len(pythons)}"
    for name in names:
        cells = []
        for python in pythons:
            result = found.get((name, python))
            cells.append(f"{result.passed(result.binary)} / {result.passed(result.original)}" if result else "")
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""
    yield "Tests that have another outcome in a binary, and why:"
    yield ""
    different = [
        (test, result.python, outcome) for result in results for test, (_, outcome) in result.differences.items()
    ]
    for reason in dict.fromkeys(reason_of(test) or f"not explained: {outcome}" for test, _, outcome in different):
        of_reason = [each for each in different if (reason_of(each[0]) or f"not explained: {each[2]}") == reason]
        named = [f"`{test}` ({python})" for test, python, _ in of_reason]
        if len(named) > _MOST_NAMED:
            patterns = ", ".join(f"`{pattern}`" for pattern, text in EXCEPTIONS.items() if text == reason)
            counts = Counter(python for _, python, _ in of_reason)
            named = [f"{patterns} ({', '.join(f'{count} in {python}' for python, count in sorted(counts.items()))})"]
        yield f"- {reason}: {', '.join(named)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.cpython", description=__doc__.partition("\n")[0])
    parser.add_argument("pythons", metavar="PYTHON", nargs="*", type=Path)
    parser.add_argument(
        "--tests", metavar="NAME", nargs="+", default=TESTS, help="test files (default: those that matter)"
    )
    parser.add_argument("--write", metavar="FILE", type=Path, help="write the results as a page")
    given = parser.parse_args(arguments)
    # Shells start programs in the background with it ignored, and so would the tests be that are about interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    pythons = given.pythons or [path for version in VERSIONS if (path := find_interpreter(version))]
    results = []
    for python in pythons:
        for result in run(python, given.tests):
            results.append(result)
            counts = f"{result.passed(result.binary)} of {result.passed(result.original)}"
            print(f"{result.python} {result.name}: {counts} pass", flush=True)
            for test, (there, here) in result.differences.items():
                print(f"    {test}: {here} (python: {there}){' -- as expected' if reason_of(test) else ''}", flush=True)
    if given.write:
        given.write.write_text("\n".join((*page(results), "")))
    unexplained = [test for result in results for test in result.differences if reason_of(test) is None]
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
