"""Which settings of the interpreter reach a program, and which a binary ignores on purpose."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.analyze.trees import install
from tests.support import APPS, EXAMPLES, SNAPSHOT, Interpreter, Program, bundle, plain_environment, run

OPTIONS = ("-W", "error::DeprecationWarning", "-W", "ignore:only once", "-X", "int_max_str_digits=900")


@pytest.fixture(scope="session")
def flags(program: Callable[[Path], Program]) -> Program:
    """The program under test."""
    return program(APPS / "flags" / "flags.py")


@pytest.fixture(scope="module")
def fixed(one_interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The same, with options of the interpreter that were given when it was built."""
    source = APPS / "flags" / "flags.py"
    binary = tmp_path_factory.mktemp("fixed") / source.name
    done = bundle(source, "-O2", *OPTIONS, "--python", one_interpreter.python, "-o", binary)
    assert done.status == 0, done.stderr
    return Program(one_interpreter, source, binary)


CASES = ("options", "warn", "warn_in_module", "warn_unclosed", "warn_syntax", "error", "identity", "constants", "trace")


@pytest.mark.parametrize("case", CASES)
def test_as_under_python(flags: Program, case: str):
    """Without any variable set, a program sees what it sees under `python app.py`."""
    environment = plain_environment()
    del environment["PYTHONDONTWRITEBYTECODE"]  # see test_flags_that_differ

    flags.check_same(case, environment=environment)


def test_warnings_in_a_program_without_imports(program: Callable[[Path], Program]):
    """The interpreter finds what it imports for PYTHONWARNINGS also where the program imports nothing."""
    hello = program(EXAMPLES / "hello" / "hello.py")

    hello.check_same(environment=plain_environment(PYTHONWARNINGS="error"))


def test_flags_that_differ(flags: Program):
    """A binary is isolated: the differences in `sys.flags` are these and no others."""
    environment = plain_environment()
    del environment["PYTHONDONTWRITEBYTECODE"]
    found = run([flags.binary, "flags"], environment=environment).stdout.decode().splitlines()
    expected = run([*flags.original, "flags"], environment=environment).stdout.decode().splitlines()

    # Since 3.15 tracebacks would tell of `no_site` when a module is missing.
    no_site = {"no_site 1"} if flags.interpreter.version != "3.15" else set()
    assert set(found) - set(expected) == {
        "dont_write_bytecode 1",
        "ignore_environment 1",
        "isolated 1",
        "no_user_site 1",
        "safe_path True",
        *no_site,
    }


@pytest.mark.parametrize("case", ["constants", "options", "warn", "warn_in_module", "error"])
def test_options_of_the_build(fixed: Program, case: str):
    """`-O`, `-W` and `-X` are fixed when a binary is built; then it is as under `python` with these options."""
    expected = run([fixed.interpreter.python, "-OO", *OPTIONS, fixed.source, case])

    fixed.compare(run([fixed.binary, case]), expected)


@pytest.mark.parametrize(
    "options", [("utf8=1", "dev=1", "warn_default_encoding=1"), ("utf8=0", "warn_default_encoding")]
)
def test_options_with_values(one_interpreter: Interpreter, tmp_path: Path, options: tuple[str, ...]):
    """`-X` options mean the same with a value as under `python`: `dev=1` is `dev`, `utf8=0` is none."""
    given = [argument for each in options for argument in ("-X", each)]
    code = (
        "import sys; print(sys.flags.utf8_mode, sys.flags.dev_mode, sys.flags.warn_default_encoding, sys._xoptions)\n"
    )
    (tmp_path / "app.py").write_text(code)
    done = bundle(tmp_path / "app.py", *given, "--python", one_interpreter.python, "-o", tmp_path / "app")
    assert done.status == 0, done.stderr

    assert run([tmp_path / "app"]).stdout == run([one_interpreter.python, *given, tmp_path / "app.py"]).stdout


def test_what_tells_a_binary(fixed: Program):
    """What programs ask that want to know whether they are bundled; arguments are the binary's own."""
    found = run([fixed.binary, "bundled", "-x", "y"])

    assert found.stdout.decode().splitlines() == [
        f"True /__bundle__ {fixed.binary}",
        str([str(fixed.binary), "bundled", "-x", "y"]),
        str([str(fixed.binary), "bundled", "-x", "y"]),
        "True",
    ]


@pytest.mark.parametrize(
    "filters",
    [
        *("error", "ignore", "always", "default", "once", "error::DeprecationWarning", "ignore,error:only once"),
        *("error:::lately", "bogus", "error:::1:x", "default::NoSuchWarning", "default::no.such.Warning", ",,default"),
    ],
)
@pytest.mark.parametrize("case", ["options", "warn", "warn_in_module", "warn_unclosed", "warn_syntax", "error"])
def test_warning_filters(flags: Program, case: str, filters: str):
    """PYTHONWARNINGS is honoured: the same warnings are shown or raised, and wrong filters are complained about."""
    flags.check_same(case, environment=plain_environment(PYTHONWARNINGS=filters))


def test_import_times(flags: Program):
    """BUNDLE_TRACE=imports prints what `python -X importtime` prints, for the imports that the binary makes."""
    environment = plain_environment(PYTHONHASHSEED="1")
    expected = run([flags.interpreter.python, "-X", "importtime", flags.source, "hashes"], environment=environment)
    found = run([flags.binary, "hashes"], environment={**environment, "BUNDLE_TRACE": "imports"})
    number, name = re.compile(rb"\d+"), re.compile(rb"\| ( *\S+)$", re.MULTILINE)
    theirs, ours = (name.findall(each.stderr) for each in (expected, found))

    assert found.stderr.splitlines()[0] == expected.stderr.splitlines()[0]
    assert {number.sub(b"", line).replace(b" ", b"").partition(b"|")[0] for line in found.stderr.splitlines()[1:]} == {
        b"importtime:"
    }
    assert {b"encodings", b"  encodings.aliases", b"warnings", b"lately"} <= {*ours} & {*theirs}
    assert ours[-1] == theirs[-1] == b"lately"
    for others in ({}, {"BUNDLE_TRACE": "import"}, {"BUNDLE_TRACE": ""}):
        untraced = run([flags.binary, "hashes"], environment={**environment, **others})
        assert (untraced.stdout, untraced.stderr) == (found.stdout, b"")


@pytest.mark.parametrize("seed", ["0", "1", "2", "3", "4294967295"])
def test_hash_seed(flags: Program, seed: str, tmp_path: Path):
    """PYTHONHASHSEED is honoured: hashes and the order of sets are those of Python with this seed.

    A set in a module's source has the order of the module's .pyc, which Python makes on its first run.
    """
    environment = plain_environment(PYTHONHASHSEED=seed, PYTHONPYCACHEPREFIX=str(tmp_path))
    del environment["PYTHONDONTWRITEBYTECODE"]
    run([*flags.original, "hashes"], environment=environment)

    flags.check_same("hashes", environment=environment)


@pytest.mark.skipif(bool(SNAPSHOT), reason="a snapshot has the build's secret of hashes")
def test_hashes_are_random(flags: Program):
    """Without a seed, or with `random`, every run has other hashes, as Python has it."""
    environments = [plain_environment(), plain_environment(PYTHONHASHSEED="random"), plain_environment()]

    assert len({run([flags.binary, "hashes"], environment=each).stdout for each in environments}) == 3


@pytest.mark.parametrize("seed", ["nonsense", "-1", "4294967296", "1x", "99999999999999999999"])
def test_wrong_hash_seed(flags: Program, seed: str):
    """A seed that Python refuses is refused, in Python's words."""
    environment = plain_environment(PYTHONHASHSEED=seed)
    found = run([flags.binary, "hashes"], environment=environment)
    expected = run([*flags.original, "hashes"], environment=environment)
    words = b'PYTHONHASHSEED must be "random" or an integer in range [0; 4294967295]'

    assert words in expected.stderr
    assert words in found.stderr
    assert found.status == expected.status


@pytest.mark.parametrize("frames", ["", "0", "1", "5"])
def test_tracemalloc(flags: Program, frames: str):
    """PYTHONTRACEMALLOC is honoured."""
    flags.check_same("trace", environment=plain_environment(PYTHONTRACEMALLOC=frames))


def test_faulthandler(flags: Program):
    """PYTHONFAULTHANDLER is honoured: a crash says where it happened."""
    environment = plain_environment(PYTHONFAULTHANDLER="1")

    found = flags.check_same("fault", environment=environment)

    assert found.status == -signal.SIGSEGV
    assert b"in fault" in found.stderr


def test_search_path_is_ignored(flags: Program, tmp_path: Path):
    """No variable can make a binary run other code: PYTHONPATH and PYTHONHOME do nothing."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name in ("planted", "warnings", "sitecustomize", "usercustomize", "encodings"):
        (folder / f"{name}.py").write_text("raise SystemExit('planted code ran')\n")
    variables = {"PYTHONPATH": str(folder), "PYTHONHOME": str(folder), "PYTHONSTARTUP": str(folder / "planted.py")}

    found = run([flags.binary, "path"], environment=plain_environment(**variables), cwd=folder)

    assert found.status == 0, found.stderr
    assert found.stdout.decode().splitlines() == [
        "[]",
        "No module named 'planted'",
        f"True {folder} {folder}",  # the variables themselves are there, for programs that start Python
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PYTHONOPTIMIZE", "2"), ("PYTHONDEBUG", "1"), ("PYTHONINSPECT", "1"), ("PYTHONVERBOSE", "1")),
        *(("PYTHONUTF8", "0"), ("PYTHONIOENCODING", "latin-1"), ("PYTHONDEVMODE", "1"), ("PYTHONSAFEPATH", "1")),
        *(("PYTHONNOUSERSITE", "1"), ("PYTHONPLATLIBDIR", "lib64"), ("PYTHONPROFILEIMPORTTIME", "1")),
        *(("PYTHONDUMPREFS", "1"), ("PYTHONMALLOC", "debug"), ("PYTHONBREAKPOINT", "0"), ("PYTHONEXECUTABLE", "x")),
        *(("PYTHONCOERCECLOCALE", "warn"), ("PYTHONINTMAXSTRDIGITS", "700"), ("PYTHONNODEBUGRANGES", "1")),
    ],
)
def test_other_variables_are_ignored(flags: Program, name: str, value: str):
    """Variables of Python's that are not on the list change nothing."""
    environment = plain_environment(LC_ALL="C")

    for case in ("flags", "options", "identity", "constants"):
        ordinary = run([flags.binary, case], environment=environment)
        assert run([flags.binary, case], environment={**environment, name: value}) == ordinary


def test_warning_filter_with_a_category_of_a_package(one_interpreter: Interpreter, tmp_path: Path):
    """A filter may name a category by the module that defines it, in an option of the build as in PYTHONWARNINGS."""
    packages, app = tmp_path / "packages", tmp_path / "app.py"
    install(packages, "odd", {"odd/__init__.py": "class OddWarning(Warning): pass\n"})
    app.write_text(
        "import warnings\nfrom odd import OddWarning\nwarnings.warn('strange', OddWarning)\nprint('went on')\n"
    )
    filtered = "error::odd.OddWarning"
    variables = {"PYTHONPATH": str(packages)}
    python: list[str | Path] = ["--python", one_interpreter.python]
    for name, options in (("fixed", ("-W", filtered)), ("free", ())):
        assert bundle(app, *python, *options, "-o", tmp_path / name, PYTHONPATH=str(packages)).status == 0

    expected = run([one_interpreter.python, "-W", filtered, app], environment=plain_environment(**variables))
    fixed = run([tmp_path / "fixed"])
    free = run([tmp_path / "free"], environment=plain_environment(PYTHONWARNINGS=filtered))

    assert (expected.status, expected.stdout) == (1, b"")
    assert (fixed.status, fixed.stdout) == (free.status, free.stdout) == (1, b"")
    assert b"odd.OddWarning: strange" in fixed.stderr
    assert fixed.stderr == free.stderr
    assert run([tmp_path / "free"]).stdout == b"went on\n"
