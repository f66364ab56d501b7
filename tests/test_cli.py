"""The command as users run it: exit status, streams, and what a failure leaves behind.

One small program is bundled with the Python that runs the tests; after the first run everything but the link comes from
the cache, so a case costs a second or two.
"""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import Any

import pytest

from bundler import __version__
from bundler.cli import main
from bundler.cli.arguments import read_arguments
from bundler.cli.failures import explain
from bundler.elf import ElfError
from bundler.link.portability import newest_versions
from bundler.process import CommandError
from bundler.schema import (
    FORMAT,
    InspectDocument,
    PlanDocument,
    PlannedFileRow,
    PlannedLibraryRow,
    PlannedModules,
    StepRow,
    WhyDocument,
    keys_of,
)
from bundler.settings import Settings
from tests.support import Outcome, bundle, read_settings, run

COMMAND = Path(sysconfig.get_path("scripts"), "bundle")
PYTHON = ("--python", sys.executable)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program with a data file."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "greeting.txt").write_text("hello from a file")
    (folder / "blank.py").touch()  # of no module
    source = folder / "app.py"
    source.write_text(
        "from pathlib import Path\n"
        "import json\n"
        "print((Path(__file__).parent / 'texts' / 'greeting.txt').read_text(), json.dumps(1))\n"
    )
    return source


@pytest.fixture(scope="session")
def built(app: Path) -> tuple[Path, Outcome]:
    """The program as a binary, and what the build said."""
    binary = app.parent / "made" / "app"
    data = (f"{app.parent}/*.txt:texts", f"{app.parent}/blank.py:texts")
    outcome = bundle(app, "-o", binary, *(part for each in data for part in ("--add-data", each)), *PYTHON)
    assert outcome.status == 0, outcome.stderr.decode()
    return binary, outcome


def wrapped_compiler(folder: Path, pattern: str, commands: str) -> str:
    """A C compiler that runs shell commands instead when its arguments match; its path."""
    script = folder / "cc"
    script.write_text(f'#!/bin/sh\ncase "$*" in\n{pattern})\n{commands}\n;;\nesac\nexec cc "$@"\n')
    script.chmod(0o755)
    return str(script)


# --- Builds -----------------------------------------------------------------------------------------------------------


def test_a_build_in_a_pipe(built: tuple[Path, Outcome]):
    """Plain lines on standard error, nothing on standard output, and a program that finds its data file."""
    binary, outcome = built
    told = outcome.stderr.decode().splitlines()
    lines = [line for line in told if not line.startswith("snapshot: ")]  # with `pytest --snapshot`

    assert outcome.stdout == b""
    assert lines[0].startswith("analyzing ")
    assert lines[-3] == "linking"
    assert lines[-2] == "own data files: 2, 17 B (`-v` lists them)"
    assert re.fullmatch(
        rf"{binary}: \d+\.\d MB, Python \S+, \d+ modules \(\d+ from the cache\), (\d+ min )?[\d.]+ s", lines[-1]
    )
    assert run([binary]).stdout == b"hello from a file 1\n"


def test_a_second_build_compiles_nothing(built: tuple[Path, Outcome], app: Path, tmp_path: Path):
    """Every module comes from the cache, and the last line says so."""
    outcome = bundle(app, "-o", tmp_path / "again", *PYTHON)
    found = re.search(rb"(\d+) modules \((\d+) from the cache\)", outcome.stderr)

    assert found is not None
    assert found[1] == found[2]
    assert b"compiling" not in outcome.stderr


def test_quiet_and_verbose(app: Path, tmp_path: Path):
    """-q says nothing at all, -v shows the commands that run."""
    quiet = bundle(app, "-q", "-o", tmp_path / "quiet", *PYTHON)
    verbose = bundle(app, "-v", "-o", tmp_path / "verbose", *PYTHON)

    assert quiet == Outcome(0, b"", b"")
    assert len(re.findall(rb"^\$ .*cc ", verbose.stderr, re.MULTILINE)) >= 3


def test_everything_from_the_file(app: Path, tmp_path: Path):
    """With a target in pyproject.toml `bundle` alone is a whole command, in every folder of the project."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.bundle]\ntarget = "{app}"\noutput = "out/it"\npython = "{sys.executable}"\nquiet = true\n'
    )
    outcome = bundle(cwd=tmp_path / "inner")

    assert outcome == Outcome(0, b"", b"")
    assert (tmp_path / "out" / "it").is_file()


@pytest.mark.parametrize("name", ["verify", "plan"])
def test_a_target_called_like_a_command(tmp_path: Path, name: str):
    """`verify` is a command only when it is not written as a path; so are the others."""
    (tmp_path / name).write_text("print('a script')\n")
    outcome = bundle(f"./{name}", "-o", "out", *PYTHON, cwd=tmp_path)

    assert outcome.status == 0
    assert run([tmp_path / "out"]).stdout == b"a script\n"


# --- Failures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "status", "beginning"),
    [
        ([], 2, "error[usage]: nothing to bundle is named\n  hint: "),
        (["a", "b"], 2, "error[usage]: `b` is one argument too many\n  hint: "),
        (["--oops"], 2, "error[usage]: there is no option `--oops`\n  hint: "),
        (["inspect"], 2, "error[usage]: the following arguments are required: FILE\n  hint: "),
        (["inspect", "x", "--jsn"], 2, "error[usage]: there is no option `--jsn`\n  hint: did you mean `--json`?\n"),
        (
            ["why"],
            2,
            "error[usage]: MODULE is missing\n  hint: `bundle why MODULE [OPTIONS] [TARGET | -m MODULE | --script NAME | --program NAME] [--json]`\n",
        ),
        (["why", "json"], 2, "error[usage]: nothing to bundle is named\n  hint: "),
        (
            ["trace"],
            2,
            "error[usage]: ARGS is missing\n  hint: `bundle trace ARGS [OPTIONS] [TARGET | -m MODULE | --script NAME | --program NAME]`\n",
        ),
        (["trace", "'", "text.py"], 2, "error[usage]: `--trace`: No closing quotation\n  hint: "),
        (["plan", "text.py", "--jsn"], 2, "error[usage]: there is no option `--jsn`\n  hint: did you mean `--json`?\n"),
        (["text.py", "--program", "x"], 2, "error[usage]: `TARGET` and `--program` exclude each other\n  hint: "),
        (["-q", "--program", "x"], 1, "error[no-such-program]: the project has no program `x`\n  hint: "),
        (["inspect", "nothing"], 1, "error[unreadable]: `nothing` cannot be read: "),
        (
            ["inspect", "x", "--json", "--sbom"],
            2,
            "error[usage]: argument --sbom: not allowed with argument --json\n  hint: ",
        ),
        (["verify"], 2, "error[usage]: the following arguments are required: FILE\n  hint: `bundle verify --help`"),
        (["verify", "nothing"], 1, "error[unreadable]: `nothing` cannot be read: "),
        (["verify", "text.py"], 1, "error[not-a-bundle]: `text.py` was not made by bundler\n  hint: "),
        (
            ["-q", "text.py", "--report-start", "'"],
            2,
            "error[usage]: `--report-start`: `'` is not quoted as in a shell: no closing",
        ),
        (["inspect", "text.py"], 1, "error[not-a-bundle]: `text.py` was not made by bundler\n  hint: "),
        (["-q", "nothing.py", *PYTHON], 1, "error[no-such-target]: there is no file `nothing.py`\n  hint: "),
        (["-q", "text.py", "--python", "nowhere"], 1, "error[bad-python]: "),
        (["-q", "text.py", "-o", "text.py", *PYTHON], 1, "error[output-is-source]: "),
        (["-q", "text.py", "--add-data", "nothing:.", *PYTHON], 1, "error[no-such-file]: "),
        (["-q", "text.py", "--cache-dir", "text.py/x", *PYTHON], 1, "error[cache-unusable]: the cache folder `"),
        (
            ["-q", "wrong/app.py", *PYTHON],
            1,
            "error[unknown-option]: `[tool.bundle]` has no option `x`\n  --> wrong/py",
        ),
    ],
)
def test_bad_input(tmp_path: Path, arguments: list[str], status: int, beginning: str):
    """What a user did wrong is said in a line with a hint, never by a traceback, and changes no file."""
    (tmp_path / "text.py").write_text("print()\n")
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "app.py").touch()
    (tmp_path / "wrong" / "pyproject.toml").write_text("[tool.bundle]\nx = 1\n")
    outcome = bundle(*arguments, cwd=tmp_path, NO_COLOR="1")

    assert outcome.status == status
    assert outcome.stderr.decode().startswith(beginning)
    assert outcome.stdout == b""
    assert (tmp_path / "text.py").read_text() == "print()\n"


def test_interrupt(app: Path, tmp_path: Path):
    """Ctrl-C while linking ends bundle by the signal, quietly, and leaves the earlier output and nothing else."""
    output = tmp_path / "out" / "app"
    output.parent.mkdir()
    output.write_text("earlier")
    started = tmp_path / "started"
    # The trial link, before anything is compiled, runs elsewhere.
    waiting = f'case "$PWD" in */.app-*) touch {started}; exec sleep 60;; esac'
    compiler = wrapped_compiler(tmp_path, "*@*", waiting)
    process = subprocess.Popen(
        [COMMAND, app, "-o", output, *PYTHON],
        env={**os.environ, "CC": compiler},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while not started.exists() and process.poll() is None:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)

    assert process.returncode == -signal.SIGINT
    assert stdout == b""
    lines = [line.split()[0] for line in stderr.decode().splitlines()]
    assert lines in (["analyzing", "linking"], ["analyzing", "compiling", "linking"])
    assert output.read_text() == "earlier"
    assert os.listdir(output.parent) == ["app"]


def test_a_compiler_that_fails(tmp_path: Path):
    """A command that fails without anybody knowing why is shown with its last words."""
    source = tmp_path / "unique.py"
    source.write_text(f"print({str(tmp_path)!r})\n")
    compiler = wrapped_compiler(tmp_path, "*frozen.c*", "echo some reason >&2; exit 3")
    outcome = bundle("-q", source, "-o", tmp_path / "out", *PYTHON, CC=compiler, NO_COLOR="1")

    assert outcome.status == 1
    assert outcome.stderr.decode().splitlines() == [
        f"error[command-failed]: `{compiler}` ended with status 3",
        "  some reason",
        "  hint: run again with `-v` to see the commands",
    ]
    assert not (tmp_path / "out").exists()


SETTINGS = Settings(target="app.py", cache_dir=Path("/cache"))
FULL = os.strerror(errno.ENOSPC)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, FULL), "disk-full"),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT), "/x"), "disk-full"),
        (CommandError(["cc"], "ended with status 1", f"fatal error: error writing to x.s: {FULL}\n"), "disk-full"),
        (CommandError(["cc"], "ended with status 1", "x.c: error: no\n"), "command-failed"),
        (PermissionError(errno.EACCES, "Permission denied", "/cache/frozen/ab"), "cache-unusable"),
        (OSError(errno.EROFS, "Read-only file system", b"/cache"), "cache-unusable"),
        (PermissionError(errno.EACCES, "Permission denied", "/"), "cache-unusable"),  # where it could not be made
        (PermissionError(errno.EACCES, "Permission denied", "/home/other/app.py"), "file-unusable"),
        (OSError(errno.EBADF, "Bad file descriptor"), None),
        (ElfError("`/usr/lib/libpython3.13.a`: the file is cut off"), "bad-library"),
        (RecursionError(), None),
        (AssertionError("no"), None),
    ],
)
def test_whose_problem_a_failure_is(error: Exception, code: str | None):
    """Full disks and files that cannot be used are the user's to mend; all that is not foreseen is a bug of ours."""
    found = explain(error, SETTINGS)

    assert (found and found.code) == code
    assert found is None or found.hint


def test_a_bug(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]):
    """A failure that nobody foresaw ends with status 70, a traceback, and what to do with it."""

    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("bundler.pipeline.bundle", fail)

    assert main(["app.py"]) == 70
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert "Traceback" in stderr
    assert "please report this at the project's issue tracker with this text" in stderr


# --- Why a module is there ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["why", "--why"])
def test_why(app: Path, tmp_path: Path, spelling: str):
    """The chain of imports is data on standard output, and nothing is built."""
    outcome = bundle(spelling, "json.decoder", app, *PYTHON, cwd=tmp_path)

    assert outcome.status == 0
    assert re.fullmatch(
        rb"__main__ imports json +\S+\.py:\d+\njson imports json\.decoder +\S+__init__\.py:\d+\n", outcome.stdout
    )
    assert not (tmp_path / "dist").exists()


def test_why_as_json(app: Path):
    """`bundle why --json` prints the chain of imports with the keys that docs/cli.md lists."""
    document = json.loads(bundle("why", "json.decoder", app, *PYTHON, "--json").stdout)

    assert list(document) == [key for key, _ in keys_of(WhyDocument)]
    assert document["module"] == "json.decoder"
    assert all({*step} == StepRow.__required_keys__ for step in document["steps"])
    assert [step["imported"] for step in document["steps"]] == ["json", "json.decoder"]
    assert document["steps"][0]["importer"] == "__main__"
    assert document["steps"][0]["binding"] == "imports"
    assert document["steps"][0]["place"] == f"{app}:2"


def test_why_not(app: Path):
    """A module that is not reached ends with status 1 and says how to go on."""
    outcome = bundle("why", "jsom", *PYTHON, app)

    assert (outcome.status, outcome.stdout) == (1, b"")
    words = b"error[not-included]: nothing in the program imports `jsom`, and it is not installed\n  hint: did you mean `json`?"
    assert words in outcome.stderr


# --- What a run shows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["trace", "--trace"])
def test_trace(tmp_path: Path, spelling: str):
    """The program runs once with the arguments, what only that shows is recorded, and the binary holds it."""
    (tmp_path / "hidden_one.py").write_text("print('found')\n")
    (tmp_path / "app.py").write_text("import importlib, sys\nimportlib.import_module('_'.join(sys.argv[1:3]))\n")
    outcome = bundle(spelling, "hidden one", "app.py", "-o", "out", *PYTHON, cwd=tmp_path)

    assert outcome.status == 0, outcome.stderr.decode()
    assert '"hidden_one"' in (tmp_path / "pyproject.toml").read_text()
    assert run([tmp_path / "out", "hidden", "one"]).stdout == b"found\n"


@pytest.mark.parametrize("arguments", [["--report-start", "--version"], ["--report-start=--version"]])
def test_arguments_of_a_program(arguments: list[str]):
    """Arguments for a program may look like options of ours."""
    assert read_settings(read_arguments(["app.py", *arguments, "-q"]), {}).report_start == ("--version",)
    assert read_arguments(["--trace", "--version", "app.py"]).traces == ("--version",)


# --- What would be in a binary -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def planned(app: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """`bundle plan --json` of the program."""
    folder = tmp_path_factory.mktemp("planned")
    outcome = bundle("plan", "--json", app, "--add-data", f"{app.parent}/*.txt:texts", *PYTHON, cwd=folder)
    assert outcome.status == 0, outcome.stderr.decode()
    assert list(folder.iterdir()) == []
    found: dict[str, Any] = json.loads(outcome.stdout)
    return found


def test_plan_is_what_is_built(planned: dict[str, Any], document: dict[str, Any]):
    """A plan names the modules, libraries and data files that the binary holds."""
    modules, built = planned["modules"], document["modules"]

    assert {module["name"] for module in modules["frozen"]} == set(built["frozen"])
    assert {module["name"] for module in modules["extension"]} == set(built["prelinked"])
    assert (modules["builtin"], modules["namespace"], modules["broken"]) == (built["builtin"], built["namespace"], [])
    assert [each["path"] for each in planned["libraries"] if not each["module"]] == document["libraries"]
    (mine,) = [each for each in planned["data_files"] if each["path"] == "texts/greeting.txt"]
    assert (mine["size"], mine["origin"], Path(mine["source"]).name) == (17, "app", "greeting.txt")
    assert planned["output"] == "dist/app"


def test_plan_says_why(planned: dict[str, Any]):
    """Each library has a file, a size, and a reason to be there."""
    by_module = {each["module"]: each for each in planned["libraries"] if each["module"]}

    assert all(each["size"] == Path(each["source"]).stat().st_size for each in planned["libraries"])
    assert all(each["reason"] for each in planned["libraries"])
    assert all(each["reason"] == f"is the module `{name}`" for name, each in by_module.items())


def test_plan_sizes(planned: dict[str, Any], document: dict[str, Any]):
    """Sizes of parts are those of what is in the binary."""
    sizes = planned["sizes"]
    modules = sum(module["size"] for module in planned["modules"]["frozen"])

    assert list(sizes) == ["frozen", "prelinked", "carried", "data_files"]
    # The linker joins equal tables, and pads.
    assert 0.95 < sizes["frozen"] / document["parts"]["frozen"] < 1.05
    assert 0.8 < modules / sizes["frozen"] < 1  # the rest are the strings that modules share
    # A shared libpython is prelinked, and part of the interpreter.
    parts = ("embedded", "interpreter") if planned["libpython"] == "shared" else ("embedded",)
    assert sizes["prelinked"] <= sum(document["parts"][part] for part in parts)
    assert (sizes["carried"], sizes["data_files"]) == (0, 17)


def test_plan_page(app: Path, planned: dict[str, Any]):
    """The page for people holds the same numbers, and ends at the width of the screen."""
    outcome = bundle("plan", app, "--add-data", f"{app.parent}/*.txt:texts", *PYTHON)
    words = " ".join(outcome.stdout.decode().split())

    assert outcome.status == 0
    assert words.startswith(
        f"dist/app: planned with Python {planned['python']}, {planned['libpython']} libpython modules"
    )
    assert f"deep-frozen {len(planned['modules']['frozen'])}, " in words
    assert "data files of your own: 1 file, 17 B texts/greeting.txt 17 B" in words
    assert re.search(r"sizes deep-frozen modules \d+\.\d MB", words)


# --- Data on standard output ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "beginning"),
    [
        (["--version"], f"bundle {__version__}\n"),
        (["--help"], "usage: bundle [OPTIONS] TARGET\n"),
        (["inspect", "--help"], "usage: bundle inspect"),
        (
            ["plan", "--help"],
            "usage: bundle plan [OPTIONS] [TARGET | -m MODULE | --script NAME | --program NAME] [--json]\n",
        ),
        (
            ["why", "--help"],
            "usage: bundle why MODULE [OPTIONS] [TARGET | -m MODULE | --script NAME | --program NAME] [--json]\n",
        ),
        (["trace", "-h"], "usage: bundle trace ARGS [OPTIONS] [TARGET | -m MODULE | --script NAME | --program NAME]\n"),
    ],
)
def test_help_and_version(arguments: list[str], beginning: str):
    """What was asked for goes to standard output, with status 0, whatever folder one is in."""
    outcome = bundle(*arguments, cwd=Path("/"))

    assert outcome.status == 0
    assert outcome.stderr == b""
    assert outcome.stdout.decode().startswith(beginning)


def test_the_package_is_a_command():
    """`python -m bundler` is `bundle`."""
    assert run([sys.executable, "-m", "bundler", "--version"]) == bundle("--version")


def test_the_package_is_a_command_beside_any_program(tmp_path: Path):
    """`python -m bundler` imports nothing of the current folder, which is the user's."""
    for name in ("random", "argparse", "pathlib", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('this is the program')\n")

    assert run([sys.executable, "-m", "bundler", "--version"], cwd=tmp_path) == bundle("--version")


def test_version_needs_no_library():
    """`bundle --version` imports neither rich nor what analyses and links: it answers at once."""
    code = "import sys; from bundler.cli import main\ntry: main(['--version'])\nexcept SystemExit: print(*sys.modules)"
    modules = set(run([sys.executable, "-c", code]).stdout.decode().split())

    assert "bundler.settings" in modules
    assert modules.isdisjoint({"rich", "cffi", "modulegraph", "packaging", "tomli", "logging", "subprocess"})


@pytest.fixture(scope="session")
def document(built: tuple[Path, Outcome]) -> dict[str, Any]:
    """`bundle inspect --json` of the program."""
    outcome = bundle("inspect", built[0], "--json")
    assert outcome.stderr == b""
    found: dict[str, Any] = json.loads(outcome.stdout)
    return found


def test_json_is_as_documented(document: dict[str, Any], planned: dict[str, Any]):
    """The keys are those that are declared, in their order; docs/cli.md is made from the declarations."""
    assert list(document) == [key for key, _ in keys_of(InspectDocument)]
    assert list(planned) == [key for key, _ in keys_of(PlanDocument)]
    assert document["format"] == planned["format"] == FORMAT
    assert {*planned["modules"]} == PlannedModules.__required_keys__
    assert all({*each} == PlannedLibraryRow.__required_keys__ for each in planned["libraries"])
    assert all({*each} == PlannedFileRow.__required_keys__ for each in planned["data_files"])


def test_json_modules(document: dict[str, Any]):
    """Each module is of one kind, and none of another kind than those that need no file."""
    modules = document["modules"]
    every = [name for names in modules.values() for name in names]

    assert list(modules) == ["frozen", "prelinked", "builtin", "namespace", "other"]
    assert modules["other"] == []
    assert {"__main__", "json.decoder"} <= set(modules["frozen"])
    assert "sys" in modules["builtin"]
    assert len(every) == len(set(every))


def test_json_sizes(document: dict[str, Any], built: tuple[Path, Outcome]):
    """The sizes of the parts add up to that of the file."""
    assert document["size"] == built[0].stat().st_size == sum(document["parts"].values())
    assert all(size >= 0 for size in document["parts"].values())
    assert document["parts"]["frozen"] > 100_000
    assert document["data_files"] == [{"path": "texts/blank.py", "size": 0}, {"path": "texts/greeting.txt", "size": 17}]
    assert document["parts"]["data_files"] == 17


def test_json_needs(document: dict[str, Any]):
    """What the executable itself needs of the C library counts as well."""
    newest = document["newest_versions"]["GLIBC"]

    assert re.fullmatch(r"2\.\d+", newest["version"])
    assert "executable" in newest["needed_by"]


def test_page(built: tuple[Path, Outcome], document: dict[str, Any]):
    """The page for people holds the same numbers as the JSON document."""
    text = bundle("inspect", built[0]).stdout.decode()
    words = " ".join(text.split())

    assert text.startswith(f"{built[0]}: {document['size'] / 1e6:.1f} MB, Python {document['python']}, made by")
    assert re.search(rf"deep-frozen {len(document['modules']['frozen'])} [^.]*\b__main__, ", words)
    assert "texts/greeting.txt 17 B" in words
    assert re.search(rf"GLIBC_{document['newest_versions']['GLIBC']['version']} by .*\bthe executable", words)
    assert not any(line.endswith(" ") or len(line) > 120 for line in text.splitlines()[1:])


def test_a_reader_that_leaves(built: tuple[Path, Outcome]):
    """`bundle inspect | head -1` says nothing about the broken pipe."""
    reading, writing = os.pipe()
    os.close(reading)
    for options in ((), ("--json",)):
        command = [str(COMMAND), "inspect", str(built[0]), *options]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
        assert done.stderr == b""
    os.close(writing)


def test_newest_versions():
    """Versions are compared as numbers, by family; who needs the newest is named, with the symbols of that version.

    What has no number is no version.
    """
    needs = {
        "executable": (("GLIBC_2.9", ("a",)), ("GLIBC_2.34", ("b",)), ("GLIBC_PRIVATE", ("c",))),
        "/a.so": (("GLIBC_2.4", ("a",)), ("GLIBCXX_3.4.9", ("d",)), ("CXXABI_TM_1", ("e",))),
        "/b.so": (("GLIBC_2.34", ("f",)), ("GLIBCXX_3.4.29", ("h", "g")), ("OPENSSL_3.0.0", ("i",))),
        "/c.so": (("GCC_3.3.1", ("j",)), ("GCC_3.0", ("k",)), ("GLIBC_ABI_DT_RELR", ())),
    }
    found = newest_versions(needs)

    assert {family: (each.version, each.needed_by, each.symbols) for family, each in found.items()} == {
        "GLIBC": ("2.36", ("/c.so",), ()),
        "GLIBCXX": ("3.4.29", ("/b.so",), ("g", "h")),
        "GCC": ("3.3.1", ("/c.so",), ("j",)),
    }
