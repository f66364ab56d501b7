"""Bad input: each gives one short error with a hint, no traceback, and leaves an earlier output as it was."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bundler.zig import find_zig
from tests.support import VERSIONS, Interpreter, Outcome, bundle, find_interpreter, run
from tests.target.pythons import WITHOUT_HEADERS, make_pretender

EARLIER = b"an earlier output"

# Progress, message, place, some notes and the hint.
MOST_LINES = 12


@dataclass(frozen=True)
class Project:
    """A folder with `app.py`, and an output of an earlier build in `out/app`."""

    folder: Path
    python: Path

    @property
    def output(self) -> Path:
        return self.folder / "out" / "app"

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def build(self, *arguments: str | Path, **variables: str) -> Outcome:
        """Bundle to `out/app`, unless the arguments say otherwise."""
        given = {"--python": self.python, "-o": self.output}
        options = [part for name, value in given.items() if name not in arguments for part in (name, value)]
        return bundle(*arguments, *options, cwd=self.folder, **variables)

    def refuse(self, code: str, *arguments: str | Path, **variables: str) -> str:
        """Bundle, and assert that it fails as it should; the message."""
        done = self.build(*arguments, **variables)
        text = done.stderr.decode()
        assert done.status == 1, text
        assert done.stdout == b""
        assert text.count("error[") == 1
        assert f"error[{code}]: " in text
        assert "\n  hint: " in text
        assert "Traceback" not in text
        assert len(text.splitlines()) <= MOST_LINES, text
        assert self.output.read_bytes() == EARLIER
        assert [path.name for path in self.output.parent.iterdir()] == ["app"]
        return text


@pytest.fixture(scope="session")
def any_python() -> Path:
    """Some interpreter: these errors are the same for all."""
    found = next(filter(None, map(find_interpreter, VERSIONS)), None)
    if found is None:
        pytest.skip("there is no suitable Python on this machine")
    return found


@pytest.fixture
def project(tmp_path: Path, any_python: Path) -> Project:
    """A project that builds, if nothing is wrong."""
    made = Project(tmp_path, any_python)
    made.output.parent.mkdir()
    made.output.write_bytes(EARLIER)
    made.write("app.py", "print('built')\n")
    return made


def test_the_project_builds(project: Project):
    """What the other tests spoil is sound: the earlier output is replaced by a binary that runs."""
    done = project.build("app.py")

    assert done.status == 0, done.stderr
    assert run([project.output]).stdout == b"built\n"


# --- Targets ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (["missing.py"], "there is no file `missing.py`"),
        (["folder"], "there is no file `folder/__main__.py`"),
        (["folder/missing.py"], "there is no file `folder/missing.py`"),
        (["missing"], "`missing` is neither a file nor a folder"),
        (["."], "there is no file `__main__.py`"),
        (["package:"], "`package:` is not of the form `package.module:function`"),
        (["a b:c"], "`a b:c` is not of the form `package.module:function`"),
        (["-m", "missing"], "there is no module `missing` with Python source to run"),
        (["-m", "sys"], "there is no module `sys` with Python source to run"),
        (["--script", "missing"], "no installed distribution has a console script `missing`"),
    ],
)
def test_no_such_target(project: Project, target: list[str], message: str):
    """A target that is not there is an error that names it, or the file that it lacks."""
    (project.folder / "folder").mkdir()
    kind = {"-m": "module", "--script": "script"}.get(target[0], "target")

    assert f": {message}\n" in project.refuse(f"no-such-{kind}", *target)


@pytest.mark.parametrize("source", ["value = (1,\n", "print 'old'\n", "if x:\npass\n", "x = '\udc80'\n", "a\0b\n"])
def test_syntax_error(project: Project, source: str):
    """The program itself does not compile: the place is named."""
    (project.folder / "app.py").write_bytes(b"# comment\n" + source.encode(errors="surrogateescape"))

    assert "app.py" in project.refuse("syntax-error", "app.py")


# --- Imports that are missing -----------------------------------------------------------------------------------------


def test_missing_module(project: Project):
    """An import of what is not installed is a warning with the way that leads to it; the program may handle it."""
    project.write("app.py", "import middle\nprint(middle.fast)\n")
    project.write("middle.py", "try:\n    import accelerator\n    fast = True\nexcept ImportError:\n    fast = False\n")

    done = project.build("app.py")
    lines = done.stderr.decode().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("warning[missing-module]"))

    assert "`accelerator`" in lines[start]
    assert "middle.py:2" in lines[start + 1]
    chain = lines[start + 2]
    assert chain.index("__main__") < chain.index("middle") < chain.index("accelerator")
    assert "  hint: " in lines[start + 3]
    assert done.status == 0
    assert run([project.output]) == Outcome(0, b"False\n", b"")


def test_missing_module_is_not_mentioned_when_quiet(project: Project):
    """With `-q` a build that succeeds says nothing."""
    project.write("app.py", "try:\n    import accelerator\nexcept ImportError:\n    print('none')\n")

    assert project.build("app.py", "-q") == Outcome(0, b"", b"")


def test_an_import_that_must_fail_is_told_when_quiet(project: Project):
    """With `-q` an unconditional import of the program's own code that finds nothing is a warning all the same."""
    project.write("app.py", "import middle\n")
    project.write("middle.py", "try:\n    import one\nexcept ImportError:\n    pass\nimport two\n")

    done = project.build("app.py", "-q")

    assert done.status == 0
    assert b"warning[missing-module]: `two` was not found" in done.stderr
    assert b"`one`" not in done.stderr


@pytest.mark.parametrize("quiet", [[], ["-q"]])
def test_strict(project: Project, quiet: list[str]):
    """With `--strict` warnings fail the build before anything is compiled, and all of them are told."""
    project.write("app.py", "try:\n    import one\nexcept ImportError:\n    pass\nimport two\n")

    text = project.refuse("strict", "app.py", "--strict", *quiet)

    assert "2 warnings" in text
    assert text.count("warning[missing-module]") == 2
    assert "compiling" not in text


def test_strict_without_warnings(project: Project):
    """With `--strict` a program without warnings builds; notes are no warnings."""
    project.write("app.py", "import sys\n\ndef load(name):\n    __import__(name)\n")

    done = project.build("app.py", "--strict")

    assert done.status == 0, done.stderr
    assert b"note[computed-import]" in done.stderr


# --- Places -----------------------------------------------------------------------------------------------------------


def test_places_in_an_editable_install(project: Project, any_python: Path):
    """Messages and `bundle why` name the user's files, also where an editable install is found through links in the cache."""
    environment, source = project.folder / "env", project.folder / "source"
    run([any_python, "-m", "venv", "--without-pip", environment])
    site = next((environment / "lib").glob("python*/site-packages"))
    files = {"__init__.py": "import gone\nfrom . import broken, inner\n", "broken.py": "def :\n", "inner.py": ""}
    for name, text in files.items():
        (source / name).parent.mkdir(exist_ok=True)
        (source / name).write_text(text)
    (site / "__editable___shop_1_finder.py").write_text(f"MAPPING = {{'shop': {str(source)!r}}}\n")
    python = ("--python", environment)

    told = project.build("shop:broken", "--strict", *python).stderr.decode()
    why = project.build("why", "shop.inner", "shop:broken", *python).stdout.decode().splitlines()

    assert "--> source/__init__.py:1\n" in told
    assert "--> source/broken.py:1\n" in told
    assert "/cache" not in told
    assert why == ["__main__ imports shop", f"shop imports shop.inner  {source}/__init__.py:2"]


def test_places_in_an_egg(project: Project, any_python: Path):
    """Messages and `bundle why` name the user's archive, not the folder of the cache where it is unpacked."""
    environment = project.folder / "env"
    run([any_python, "-m", "venv", "--without-pip", environment])
    site = next((environment / "lib").glob("python*/site-packages"))
    egg = site / "boxed-1.egg"
    with zipfile.ZipFile(egg, "w") as archive:
        archive.writestr("boxed/__init__.py", "import gone\nfrom . import broken, inner, late\n")
        archive.writestr("boxed/broken.py", "def :\n")
        archive.writestr("boxed/inner.py", "")
        archive.writestr("boxed/late.py", "return 1\n")
        archive.writestr("EGG-INFO/PKG-INFO", "Metadata-Version: 1.1\nName: boxed\nVersion: 1\n")
    (site / "boxed.pth").write_text("./boxed-1.egg\n")
    project.write("app.py", "import boxed\n")

    refused = project.refuse("no-such-function", "boxed.inner:main", "--python", environment)
    told = project.build("app.py", "--python", environment, "--no-run").stderr.decode()
    why = project.build("why", "boxed.inner", "app.py", "--python", environment).stdout.decode()

    assert "boxed-1.egg/boxed/inner.py\n" in refused
    for place in ("__init__.py:1", "broken.py:1", "late.py"):
        assert f"boxed-1.egg/boxed/{place}\n" in told
    assert "/unpacked/" not in told
    assert f"boxed imports boxed.inner  {egg}/boxed/__init__.py:2\n" in why


# --- The output -------------------------------------------------------------------------------------------------------


def test_output_in_a_file(project: Project):
    """An output in a folder that is a file is an error."""
    assert "app.py/binary" in project.refuse("cannot-write", "app.py", "-o", "app.py/binary")


def test_output_is_a_folder(project: Project):
    """An output that is a folder is an error."""
    (project.folder / "taken").mkdir()

    project.refuse("cannot-write", "app.py", "-o", "taken")


def test_output_where_nothing_can_be_made(project: Project):
    """An output where nobody can make files, root included, is an error."""
    project.refuse("cannot-write", "app.py", "-o", "/proc/binary")
    project.refuse("cannot-write", "app.py", "-o", "/proc/folder/binary")


def test_output_without_permission(project: Project):
    """An output in a folder that the user may not write to is an error."""
    folder = project.folder / "locked"
    folder.mkdir(mode=0o555)
    if os.access(folder, os.W_OK):
        pytest.skip("root may write everywhere")

    project.refuse("cannot-write", "app.py", "-o", folder / "binary")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder])
    if mounted.status:
        pytest.skip(f"no disk can be mounted: {mounted.stderr.decode()}")
    yield folder
    run(["umount", folder])


def test_full_disk(project: Project, small_disk: Path):
    """The output does not fit: an earlier one that did is still there, and nothing else is left behind."""
    (small_disk / "app").write_bytes(EARLIER)

    text = project.refuse("cannot-write", "app.py", "-o", small_disk / "app")

    assert "No space left on device" in text
    assert "free some space" in text
    assert [path.name for path in small_disk.iterdir()] == ["app"]
    assert (small_disk / "app").read_bytes() == EARLIER


def test_full_cache(project: Project, small_disk: Path):
    """A disk without space for compiled modules is an error that names the option for another folder."""
    text = project.refuse("disk-full", "app.py", BUNDLER_CACHE_DIR=str(small_disk / "cache"))

    assert "--cache-dir" in text


def test_unusable_cache(project: Project):
    """A cache folder that cannot be made is an error that names the variable."""
    text = project.refuse("cache-unusable", "app.py", BUNDLER_CACHE_DIR=str(project.folder / "app.py" / "cache"))
    assert "variable BUNDLER_CACHE_DIR" in text


# --- The compiler -----------------------------------------------------------------------------------------------------


def test_no_compiler(project: Project):
    """Nothing on PATH compiles C: the message says what to install."""
    if find_zig() is not None:
        pytest.skip("`ziglang` is installed, and taken where nothing else is")
    assert "apt install gcc" in project.refuse("no-compiler", "app.py", PATH=str(project.folder), CC="")


def test_wrong_compiler(project: Project):
    """CC names a program that is not there, or that is no compiler."""
    assert "`no-such-cc`" in project.refuse("no-compiler", "app.py", CC="no-such-cc")
    project.refuse("no-compiler", "app.py", CC="false")


@pytest.mark.parametrize("failing", ["*'-o '*", "'-c '*", "@*"], ids=["everything", "compiling", "linking"])
def test_broken_compiler(project: Project, failing: str):
    """A compiler that fails later than when it is asked for its version: its own words are shown."""
    compiler = project.folder / "broken-cc"
    compiler.write_text(
        f'#!/bin/sh\ncase "$*" in {failing}) for i in 1 2 3 4 5 6 7 8 9; do echo it is broken $i >&2; done; exit 3;; esac\n'
        'exec cc "$@"\n'
    )
    compiler.chmod(0o755)
    done = project.build("app.py", CC=str(compiler), BUNDLER_CACHE_DIR=str(project.folder / "cache"))
    text = done.stderr.decode()

    assert done.status == 1
    assert text.count("error[") == 1
    assert "it is broken" in text
    assert "  hint: " in text
    assert "Traceback" not in text
    assert project.output.read_bytes() == EARLIER


# --- The Python that gets embedded ------------------------------------------------------------------------------------


def test_no_such_python(project: Project):
    """`--python` names nothing, or what is no Python."""
    project.refuse("bad-python", "app.py", "--python", "no/such/python")
    project.refuse("bad-python", "app.py", "--python", "/bin/true")
    project.refuse("bad-python", "app.py", "--python", "/bin/false")


def test_environment_whose_python_is_gone(project: Project):
    """An environment whose Python was removed: the message says where its link leads."""
    (project.folder / "env" / "bin").mkdir(parents=True)
    (project.folder / "env" / "bin" / "python").symlink_to("/nonexistent/python3")

    assert "broken link to `/nonexistent/python3`" in project.refuse("bad-python", "app.py", "--python", "env")


def test_environment_beside_the_project(project: Project, any_python: Path):
    """`.venv` in the current folder is used where no environment is active, and named."""
    run([any_python, "-m", "venv", "--without-pip", project.folder / ".venv"])
    (next((project.folder / ".venv/lib").glob("python*/site-packages")) / "there.py").touch()
    project.write("app.py", "import there\n")

    done = bundle("plan", "app.py", "--strict", cwd=project.folder, VIRTUAL_ENV="", CONDA_PREFIX="")

    assert done.status == 0, done.stderr
    assert b"`.venv` is used" in done.stderr
    stale = bundle("plan", "app.py", cwd=project.folder, VIRTUAL_ENV="/nowhere", CONDA_PREFIX="").stderr
    assert b"warning[stale-environment]" in stale
    assert (
        b"error[strict]"
        in bundle("plan", "app.py", "-q", "--strict", cwd=project.folder, VIRTUAL_ENV="/nowhere").stderr
    )
    assert b"`.venv` is used" in stale


def test_too_old(project: Project):
    """A Python older than 3.11 is refused as too old."""
    candidates = sorted((Path.home() / ".pyenv" / "versions").glob("3.[7-9].*/bin/python3"))
    candidates += sorted((Path.home() / ".pyenv" / "versions").glob("3.10.*/bin/python3"))
    candidates += [Path(found) for minor in range(7, 11) if (found := shutil.which(f"python3.{minor}"))]
    working = [path for path in candidates if run([path, "-c", ""]).status == 0]
    if not working:
        pytest.skip("there is no Python older than 3.11 on this machine")

    for python in working:
        text = project.refuse("unsupported-python", "app.py", "--python", python)
        assert "too old" in text
        assert "3.11" in text


@pytest.fixture
def pretender(project: Project) -> Callable[[str], Path]:
    """`pretender(CODE)` is a Python that says untrue things about itself: CODE runs before all else."""
    return lambda code: make_pretender(project.folder / "pretender", project.python, code)


@pytest.mark.parametrize(
    ("code", "lie", "word"),
    [
        ("no-libpython", "variables.update(LIBPL='/nowhere', LIBDIR='/nowhere', MULTIARCH='none')", "libpython"),
        ("no-headers", WITHOUT_HEADERS, "headers"),
        ("unsupported-python", "variables.update(Py_DEBUG=1)", "debug build"),
        ("unsupported-python", "variables.update(Py_GIL_DISABLED=1)", "free-threaded"),
        ("unsupported-python", "sys.implementation.name = 'pypy'", "pypy"),
        ("unsupported-python", "sys.maxsize = 2**31 - 1", "is a 32-bit build"),
        ("other-processor", "platform.machine = lambda: 'aarch64'", "aarch64"),
        ("unsupported-python", "platform.libc_ver = lambda *args: ('', '')", "C library"),
        ("unsupported-python", "sys.platform = 'darwin'", "darwin"),
        ("unsupported-python", "sys.version_info = (3, 10, 9, 'final', 0)", "too old"),
        ("unsupported-python", "sys.version_info = (3, 99, 0, 'final', 0)", "newer"),
    ],
)
def test_unsuitable_python(project: Project, pretender: Callable[[str], Path], code: str, lie: str, word: str):
    """An interpreter that cannot be embedded is refused before any work is done, with what to do about it."""
    assert word in project.refuse(code, "app.py", "--python", pretender(lie))


def test_requirements_of_another_python_are_not_seen(project: Project, interpreter: Interpreter):
    """What is installed beside the bundler is not what is bundled: modules come from the target's environment."""
    project.write("app.py", "import modulegraph\n")
    done = project.build("app.py", "--python", interpreter.python)

    assert "`modulegraph` was not found" in done.stderr.decode()
    assert b"No module named 'modulegraph'" in run([project.output]).stderr
