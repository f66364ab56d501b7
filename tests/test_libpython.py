"""Both kinds of libpython: the binary is one file that behaves as `python` does, whichever is embedded.

Costs a binary of each kind for each interpreter, some ten seconds in all.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bundler.cache import Cache
from bundler.elf import read_shared_object
from bundler.errors import BundleError
from bundler.target import Linkage, System, probe
from bundler.target.libpython import find_libpython
from bundler.target.static_libpython import missing_symbols
from bundler.toolchain import Toolchain
from tests.support import APPS, BUNDLE_ROOT, Interpreter, Program, run
from tests.target.pythons import cache, quiet_context, toolchain

__all__ = ["cache", "toolchain"]

SOURCE = APPS / "library" / "library.py"


@pytest.fixture(params=Linkage, ids=lambda linkage: linkage.value)
def library(
    request: pytest.FixtureRequest,
    interpreter: Interpreter,
    build: Callable[..., Path],
    toolchain: Toolchain,
    cache: Cache,
) -> Program:
    """The program with the one libpython and with the other."""
    linkage: Linkage = request.param
    try:
        probe(interpreter.base, quiet_context(toolchain, cache), linkage)
    except BundleError as error:
        pytest.skip(str(error))
    return Program(interpreter, SOURCE, build("library", SOURCE, "--libpython", linkage.value))


@pytest.mark.parametrize("arguments", [(), ("leave",), ("crash",)], ids=lambda arguments: " ".join(arguments))
def test_behaves_as_python(library: Program, arguments: tuple[str, ...]):
    """The C API by name, callbacks, thread-local storage, built-in modules, and the ends of a program."""
    library.check_same(*arguments)


def test_everything_is_in_the_file(library: Program):
    """Of libraries only the C library is needed; what is offered to others is the C API and nothing else."""
    binary = read_shared_object(library.binary)
    needed = set(binary.needed)
    offered = {symbol.name for symbol in binary.symbols if symbol.is_defined and symbol.name}
    flags = [segment.flags for segment in binary.loads]

    # Before glibc 2.34, threads and dlopen were libraries of their own.
    assert not {name for name in needed if not re.match(r"lib(c|m|dl|pthread)\.so|ld-linux", name)}
    assert {name for name in offered if not name.startswith(("Py", "_Py"))} == set()
    assert len(offered) > 1000
    assert {"PyModuleDef_Init", "PyExc_ValueError", "_Py_NoneStruct"} <= offered
    assert not [flag for flag in flags if flag & 3 == 3]
    assert len(flags) < 40


def test_nothing_beside_the_executable_is_read(library: Program, tmp_path: Path):
    """No file that would tell Python where its installation is has a say: paths are those of the binary."""
    binary = tmp_path / "bin" / "library"
    binary.parent.mkdir()
    shutil.copy(library.binary, binary)
    expected = run([binary, "paths"])
    (tmp_path / "pyvenv.cfg").write_text("home = /nowhere\n")
    (binary.parent / "pyvenv.cfg").write_text("home = /nowhere\n")
    (binary.parent / "library._pth").write_text("/nowhere\nimport site\n")
    (binary.parent / "pybuilddir.txt").write_text("/nowhere")

    found = run([binary, "paths"], environment={**os.environ, "PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere"})

    assert found == expected
    assert found.status == 0
    assert f"['{BUNDLE_ROOT}'] True" in found.stdout.decode()


def test_libpython_needs_no_file(library: Program, tmp_path: Path):
    """The binary runs where there is no Python, and opens no libpython."""
    if shutil.which("strace") is None:
        pytest.skip("there is no strace")
    trace = tmp_path / "trace"
    subprocess.run(["strace", "-f", "-o", trace, "-e", "trace=file", library.binary], check=True, capture_output=True)

    assert not re.findall(r'"[^"]*(?:libpython|libexpat|libz|pyvenv|getpath)[^"]*"', trace.read_text())


# --- Which one --------------------------------------------------------------------------------------------------------


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """Build variables of a Python that has no library yet."""
    return {
        **{name: "" for name in ("LIBS", "SYSLIBS", "MODLIBS", "MULTIARCH")},
        "LIBPL": str(tmp_path / "config"),
        "LIBDIR": str(tmp_path),
        "LIBRARY": "libpython3.99.a",
        "INSTSONAME": "libpython3.99.so.1.0",
    }


def archive(folder: Path, text: str) -> None:
    """A static library of one member."""
    source = folder / "member.c"
    source.write_text(text)
    subprocess.run(["cc", "-c", source, "-o", folder / "member.o"], check=True)
    subprocess.run(["ar", "rcs", folder / "libpython3.99.a", folder / "member.o"], check=True)


def found(variables: dict[str, str], wanted: Linkage | None, folder: Path) -> Linkage:
    arguments = (Path("/python"), "3.99.0", variables, wanted, folder, System(), Cache(folder / "cache"))
    return find_libpython(*arguments).linkage


def test_static_comes_first(variables: dict[str, str], tmp_path: Path):
    """Of both the static one is taken, unless the other is asked for."""
    archive(tmp_path, "int Py_Main(void) { return 0; }")
    (tmp_path / variables["INSTSONAME"]).touch()

    assert found(variables, None, tmp_path) is Linkage.STATIC
    assert found(variables, Linkage.STATIC, tmp_path) is Linkage.STATIC
    assert found(variables, Linkage.SHARED, tmp_path) is Linkage.SHARED


def test_only_one(variables: dict[str, str], tmp_path: Path):
    """Where there is only one it is taken, and asking for the other is an error that says where it was looked for."""
    (tmp_path / variables["INSTSONAME"]).touch()

    assert found(variables, None, tmp_path) is Linkage.SHARED
    with pytest.raises(BundleError, match="has no static libpython"):
        found(variables, Linkage.STATIC, tmp_path)
    (tmp_path / variables["INSTSONAME"]).unlink()
    with pytest.raises(BundleError, match="neither a static nor a shared"):
        found(variables, None, tmp_path)


def test_of_another_system(variables: dict[str, str], tmp_path: Path):
    """A Python of another processor that lies outside of its system's folder has its library there; errors name all places."""
    system = System(tmp_path / "root", ("qemu",))
    library = tmp_path / variables["INSTSONAME"]
    below = Path(f"{tmp_path}/root{library}")
    below.parent.mkdir(parents=True)

    def find(prefix: Path) -> Path:
        cache = Cache(tmp_path / "cache")
        return find_libpython(Path("/python"), "3.99.0", variables, None, prefix, system, cache).path

    with pytest.raises(BundleError) as raised:
        find(tmp_path)
    [of_archive, of_library] = raised.value.diagnostic.notes
    assert of_archive.endswith(
        f"in {tmp_path}/root{tmp_path}/config, {tmp_path}/config, {tmp_path}/root{tmp_path}, {tmp_path}"
    )
    assert f"in {below.parent}, {tmp_path}" in of_library

    library.touch()
    assert find(tmp_path) == library
    with pytest.raises(BundleError):
        find(tmp_path / "other")
    below.touch()
    assert find(tmp_path) == below


def test_archive_that_is_not_whole(variables: dict[str, str], tmp_path: Path):
    """A static library whose members need what none of them defines would lose modules: the shared one is taken."""
    archive(tmp_path, "int _Py_Hash(void); int Py_Main(void) { return _Py_Hash(); }")

    assert missing_symbols(tmp_path / "libpython3.99.a", ("_Py",), Cache(tmp_path / "cache")) == ("_Py_Hash",)
    with pytest.raises(BundleError, match="is incomplete") as raised:
        found(variables, None, tmp_path)
    assert "`_Py_Hash`" in raised.value.diagnostic.notes[0]
    (tmp_path / variables["INSTSONAME"]).touch()
    assert found(variables, None, tmp_path) is Linkage.SHARED
    with pytest.raises(BundleError, match="is incomplete") as raised:
        found(variables, Linkage.STATIC, tmp_path)
    assert "--libpython shared" in str(raised.value.diagnostic.hint)


def test_extension_modules_are_offered_the_same(interpreter: Interpreter, library: Program):
    """Every function and variable of the C API that the shared library exports is there for modules from the disk."""
    show = "import os, sysconfig as s; print(os.path.join(s.get_config_var('LIBDIR'), s.get_config_var('INSTSONAME')))"
    path = Path(run([interpreter.base, "-c", show]).stdout.decode().strip())
    if not (path.is_file() and ".so" in path.name):
        pytest.skip("there is no shared library to compare with")
    every = {
        symbol.name
        for symbol in read_shared_object(path).symbols
        if symbol.is_exported and symbol.name.startswith("Py") and symbol.type in (1, 2)
    }
    offered = {symbol.name for symbol in read_shared_object(library.binary).symbols if symbol.is_defined}

    # The static library's linker leaves out members that nothing refers to.
    assert len(every - offered) < len(every) / 20
