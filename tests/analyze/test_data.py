"""Data files: what comes with a package that is reached, and where it appears."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from bundler.analyze.carry.data import collect, is_data, left_out_files, merge_added_data, named_modules
from bundler.analyze.carry.opened_libraries import split_libraries
from bundler.analyze.graph import DataFile
from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.elf import X86_64
from bundler.errors import BundleError, Severity
from bundler.settings import AddedData
from tests.analyze.trees import MARKERS, SUFFIXES, install, walked, walker, write


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("data.json", True),
        ("LICENSE", True),
        ("templates/index.html", True),
        ("lib.py.txt", True),
        ("module.py", False),
        ("module.pyc", False),
        ("stubs.pyi", False),
        ("py.typed", False),
        ("include/x.h", False),
        ("lib.a", False),
        ("test", True),
    ],
)
def test_is_data(path: str, expected: bool):
    """What a program may read is data; code, and what only compilers read, are not."""
    assert is_data(PurePosixPath(path)) is expected


def collected(main: str, *search_path: Path, stdlib: Path = Path("/nowhere")) -> dict[str, Path]:
    """Destinations and sources of the data files that a program gets."""
    made = walked(walker(*search_path, stdlib=stdlib), main)
    files, _ = collect(made.reached, InstalledDistributions(search_path, MARKERS))
    data, _ = split_libraries(files, X86_64)
    return {str(file.destination): file.source for file in data}


def test_data_of_reached_packages(tmp_path: Path):
    """Files below a package that is reached come along, those of packages that are not do not."""
    write(
        tmp_path,
        {
            "p/__init__.py": "",
            "p/data.json": "",
            "p/static/style.css": "",
            "p/static/deep/x.css": "",
            "p/sub/__init__.py": "",
            "p/sub/sub.json": "",
            "p/other/__init__.py": "x = 1",
            "p/other/other.json": "",
            "q/__init__.py": "",
            "q/q.json": "",
            "loose.json": "",
        },
    )

    assert set(collected("import p.sub", tmp_path)) == {
        *("p/data.json", "p/static/style.css", "p/static/deep/x.css", "p/sub/sub.json"),
    }


def test_module_has_no_data(tmp_path: Path):
    """What lies beside a module that is no package belongs to nobody."""
    write(tmp_path, {"m.py": "", "m.json": ""})

    assert collected("import m", tmp_path) == {}


def test_templates_with_code(tmp_path: Path):
    """Below a folder without `__init__` that is no package, sources are data: templates of projects."""
    below = {"p/templates/app/__init__.py", "p/templates/app/main.py", "p/typeshed/builtins.pyi"}
    write(tmp_path, {"p/__init__.py": "", "p/m.py": "", "p/m.pyi": "", **dict.fromkeys(below, "")})

    assert set(collected("import p", tmp_path)) == below


def test_packages_without_code(tmp_path: Path):
    """A folder whose only modules are empty `__init__` files holds data; with any code in it, it is a package of its own."""
    write(
        tmp_path,
        {
            "p/__init__.py": "",
            "p/solvers/__init__.py": "# Programs for several systems.\n\n",
            "p/solvers/linux/__init__.py": "",
            "p/solvers/linux/solve": "",
            "p/extra/__init__.py": "",
            "p/extra/deep/code.py": "",
            "p/extra/x.json": "",
        },
    )

    assert set(collected("import p", tmp_path)) == {
        *("p/solvers/__init__.py", "p/solvers/linux/__init__.py", "p/solvers/linux/solve"),
    }


def test_hidden_folders_and_caches_stay(tmp_path: Path):
    """What tools leave behind in a project is not the program's."""
    write(
        tmp_path,
        {
            **dict.fromkeys(("p/__init__.py", "p/.git/config", "p/__pycache__/x.txt", "p/x.txt"), ""),
            "p/tests/x.txt": "",
            "p/tests/deep/y.txt": "",
            "p/tests/test_x.py": "import p",
        },
    )

    assert set(collected("import p", tmp_path)) == {"p/x.txt"}


@pytest.mark.parametrize("is_installed", [True, False])
def test_folder_of_tests_without_code(tmp_path: Path, is_installed: bool):
    """Files in a folder that is called after tests are data of the program if there is no code in it, as dbt's macros are."""
    kept = ("p/tests/a.sql", "p/include/macros/tests/deep/b.sql", "p/include/tests/.gitkeep")
    others = ("p/include/testing/code.py", "p/include/testing/c.sql", "p/test/data/d.sql", "p/test/deep/code.py")
    files = {"p/__init__.py": "", **dict.fromkeys((*kept, *others), "")}
    if is_installed:
        install(tmp_path, "dist", files)
    else:
        write(tmp_path, files)

    assert {name for name in collected("import p", tmp_path) if name.startswith("p/")} == {*kept}


def test_explanations_in_the_standard_library_stay(tmp_path: Path):
    """What explains a package of the standard library to its maintainers is not data; elsewhere programs may read it."""
    files = {"p/__init__.py": "", "p/design.rst": "", "p/README": "", "p/grammar.txt": ""}
    write(tmp_path / "lib", files)
    write(tmp_path / "app", {name.replace("p/", "q/"): text for name, text in files.items()})

    found = set(collected("import p, q", tmp_path / "app", tmp_path / "lib", stdlib=tmp_path / "lib"))

    assert found == {"p/grammar.txt", "q/design.rst", "q/README", "q/grammar.txt"}


def test_namespace_package_has_data(tmp_path: Path):
    """A package without code has data files, from all its folders; they appear in one."""
    write(tmp_path, {"1/n/a.py": "", "1/n/a.json": "", "2/n/b.json": "", "2/n/c.py": ""})

    assert set(collected("import n.a", tmp_path / "1", tmp_path / "2")) == {"n/a.json", "n/b.json"}


def test_distribution_brings_what_it_lists(tmp_path: Path):
    """Of an installed package the files come that its RECORD lists, and its metadata."""
    install(tmp_path, "dist", {"p/__init__.py": "", "p/data.json": "", "q/__init__.py": "", "q/q.json": ""})

    assert set(collected("import p", tmp_path)) == {
        *("p/data.json", "dist-1.0.dist-info/METADATA", "dist-1.0.dist-info/RECORD"),
    }


def test_metadata(tmp_path: Path):
    """Of the metadata what `importlib.metadata` reads and the licences come."""
    info = "dist-1.0.dist-info"
    extra = {
        f"{info}/licenses/LICENSE.txt": "",
        f"{info}/COPYING": "",
        f"{info}/top_level.txt": "p",
        f"{info}/direct_url.json": "",
        f"{info}/WHEEL": "",
    }
    install(tmp_path, "dist", {"p.py": "", **extra}, entry_points="[x]\na = p\n")

    assert set(collected("import p", tmp_path)) == {
        *(f"{info}/METADATA", f"{info}/entry_points.txt", f"{info}/licenses/LICENSE.txt"),
        *(f"{info}/COPYING", f"{info}/top_level.txt", f"{info}/RECORD"),
    }


def test_metadata_of_requirements(tmp_path: Path):
    """Metadata of what is required comes too, through any number of steps, also when no module of it is reached."""
    install(tmp_path, "a", {"a.py": ""}, requires=["b"])
    install(tmp_path, "b", {"b.py": ""}, requires=["c", "x; extra == 'no'"])
    install(tmp_path, "c", {"c.py": ""}, requires=["a"])
    install(tmp_path, "x", {"x.py": ""})

    assert set(collected("import a", tmp_path)) == {
        f"{name}-1.0.dist-info/{file}" for name in "abc" for file in ("METADATA", "RECORD")
    }


def test_requirement_brings_files_for_another_package(tmp_path: Path):
    """Files that a requirement installs below a package that is reached come, though no module of its own is reached."""
    install(tmp_path, "a", {"a/__init__.py": ""}, requires=["a-data"])
    install(tmp_path, "a-data", {"a/more/x.txt": "", "other/y.txt": ""})

    files = set(collected("import a", tmp_path))
    assert "a/more/x.txt" in files
    assert "other/y.txt" not in files


def test_executable_files(tmp_path: Path):
    """A helper program that a package brings stays executable."""
    write(tmp_path, {"p/__init__.py": "", "p/tool": "", "p/text": ""})
    (tmp_path / "p/tool").chmod(0o755)
    made = walked(walker(tmp_path), "import p")
    files, _ = collect(made.reached, InstalledDistributions((tmp_path,), MARKERS))

    assert {file.destination.name: file.is_executable for file in files} == {"tool": True, "text": False}


def test_compiled_package_has_data(tmp_path: Path):
    """A package whose `__init__` is compiled is a package."""
    write(tmp_path, {f"p/__init__{SUFFIXES[0]}": "", "p/x.json": ""})

    assert set(collected("import p", tmp_path)) == {"p/x.json"}


def test_modules_named_in_configuration(tmp_path: Path):
    """Dotted names of the own package in a configuration file may be modules; other texts and large files are not read."""
    write(
        tmp_path,
        {
            "conf.ini": "[x]\nhandler = p.handlers.File\nother = q.module, myp.x, p. x\n",
            "readme.txt": "p.documentation",
            "large.json": "p.large " * 20_000,
        },
    )
    files = [DataFile(path, PurePosixPath("p") / path.name) for path in sorted(tmp_path.iterdir())]

    assert set(named_modules(files)) == {"p.handlers.File", "p.handlers"}


# --- What the user adds -----------------------------------------------------------------------------------------------


def added(folder: Path, *wanted: tuple[str, str]) -> list[str]:
    """Destinations of what the user asks for."""
    items = [AddedData(folder / source, PurePosixPath(destination)) for source, destination in wanted]
    return [str(file.destination) for file in merge_added_data((), items)]


def test_added_files_folders_and_patterns(tmp_path: Path):
    """A file goes into the folder that is named, a folder's contents too, and so does what matches a pattern."""
    write(tmp_path, {"a.txt": "", "b.txt": "", "d/x.json": "", "d/e/y.json": "", "d/__pycache__/z": "", "d/m.py": ""})

    assert added(tmp_path, ("a.txt", ".")) == ["a.txt"]
    assert added(tmp_path, ("a.txt", "data/here")) == ["data/here/a.txt"]
    assert added(tmp_path, ("*.txt", "t")) == ["t/a.txt", "t/b.txt"]
    assert added(tmp_path, ("d", "data")) == ["data/e/y.json", "data/m.py", "data/x.json"]


def test_added_folder_without_strays(tmp_path: Path):
    """Secrets, environments and leavings below a folder are no data; named by themselves they are."""
    strays = {".npmrc", ".pypirc", ".netrc", ".aws/credentials", ".ssh/id", "htmlcov/index.html", "x.egg-info/PKG-INFO"}
    strays |= {"any_name/pyvenv.cfg", "any_name/lib/x.txt"}
    write(tmp_path, {f"d/{name}": "" for name in (*strays, "kept.txt", "venv/kept.txt", "e/.npmrc")})

    assert added(tmp_path, ("d", ".")) == ["kept.txt", "venv/kept.txt"]
    assert added(tmp_path, ("d/*", ".")) == ["kept.txt", "venv/kept.txt"]
    assert added(tmp_path, ("d/.npmrc", "."), ("d/any_name", "env"), ("d/.ssh", "keys"), ("d/htmlcov", "html")) == [
        *(".npmrc", "env/lib/x.txt", "env/pyvenv.cfg", "html/index.html", "keys/id"),
    ]


def test_strays_of_a_package(tmp_path: Path):
    """Files of the program's own package that look like secrets, environments or leavings are left out."""
    files = (
        "p/__init__.py",
        "p/.npmrc",
        "p/htmlcov/index.html",
        "p/own/pyvenv.cfg",
        "p/own/x.txt",
        "p/x.egg-info/a.txt",
    )
    write(tmp_path, dict.fromkeys((*files, "p/x.txt"), ""))

    assert set(collected("import p", tmp_path)) == {"p/x.txt"}


def test_name_with_brackets_is_a_name(tmp_path: Path):
    """A file whose name looks like a pattern is meant as it is."""
    write(tmp_path, {"[ab].txt": "", "a.txt": ""})

    assert added(tmp_path, ("[ab].txt", ".")) == ["[ab].txt"]


def test_added_files_win(tmp_path: Path):
    """What the user adds replaces what was collected for the same place."""
    write(tmp_path, {"new/x.json": "", "old/x.json": ""})
    before = [DataFile(tmp_path / "old/x.json", PurePosixPath("p/x.json"))]

    (file,) = merge_added_data(before, [AddedData(tmp_path / "new/x.json", PurePosixPath("p"))])

    assert file.source == tmp_path / "new/x.json"


def test_links_do_not_lead_in_circles(tmp_path: Path):
    """A linked folder is carried once, however it is linked."""
    write(tmp_path, {"d/x.json": "", "elsewhere/y.json": ""})
    (tmp_path / "d/again").symlink_to(tmp_path / "d")
    (tmp_path / "d/more").symlink_to(tmp_path / "elsewhere")

    assert added(tmp_path, ("d", ".")) == ["more/y.json", "x.json"]


@pytest.mark.parametrize("source", ["missing.txt", "*.nothing", "missing/x"])
def test_added_file_that_is_not_there(tmp_path: Path, source: str):
    """A source that matches nothing is an error with the path."""
    with pytest.raises(BundleError, match="there is no file"):
        added(tmp_path, (source, "."))


def test_file_and_folder_of_one_name(tmp_path: Path):
    """Two data files that need one place as a file and as a folder are an error."""
    write(tmp_path, {"x": "", "y.txt": ""})

    with pytest.raises(BundleError, match="both a file and a folder"):
        added(tmp_path, ("x", "."), ("y.txt", "x"))


def test_files_beside_the_packages(tmp_path: Path):
    """What a distribution puts below sys.prefix comes: shared files and programs, but no scripts, headers or manuals."""
    site = tmp_path / "lib/python3.13/site-packages"
    names = ("share/app/x.json", "etc/app.toml", "share/man/man1/x.1", "include/x.h", "bin/script", "bin/tool")
    install(site, "dist", {"p.py": "", **{f"../../../{name}": "#!/bin/sh" for name in names}})
    (tmp_path / "bin/tool").write_bytes(b"\x7fELF...")

    files, _ = collect(walked(walker(site), "import p").reached, InstalledDistributions((site,), MARKERS))
    found = {
        str(file.destination): file.origin.distribution for file in files if "dist-info" not in str(file.destination)
    }

    assert found == dict.fromkeys(["share/app/x.json", "etc/app.toml", "bin/tool"], "dist")


def test_what_is_left_out_is_listed(tmp_path: Path):
    """Files that the default rule leaves out of reached packages are counted by kind; code is not data that is left out."""
    files = ["p/a.h", "p/b.pyi", "p/c.pyi", "p/tests/case.txt", "p/tests/code.py", "p/kept.txt", "other/x.h"]
    install(tmp_path, "dist", {"p/__init__.py": "", "other/__init__.py": "", **dict.fromkeys(files, "")})
    made = walked(walker(tmp_path), "import p")

    owner = InstalledDistributions((tmp_path,), MARKERS).get("dist")
    assert owner is not None

    (finding,) = left_out_files(made.reached, [owner])

    assert finding.severity is Severity.DETAIL
    assert finding.message.endswith("left out: 1 *.h, 2 *.pyi, 1 tests/")
