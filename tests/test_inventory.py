"""What a binary holds of others' making: the bill of materials, the licences, and what these ask for."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from bundler.analyze.graph import Distribution
from bundler.release import Component, ComponentKind, Inventory, duties
from bundler.release.inventory import distribution_component
from bundler.release.native import library_name, native_libraries
from bundler.release.notices import notices_text
from bundler.release.sbom import sbom_text
from bundler.target import TargetPython
from tests.analyze.trees import write
from tests.support import Interpreter, bundle, run
from tests.target.pythons import newest_target

__all__ = ["newest_target"]

PYTHON = Component(ComponentKind.PYTHON, "cpython", "3.13.0", "PSF-2.0", is_expression=True)
RICH = Component(
    ComponentKind.DISTRIBUTION,
    "rich",
    "13.0",
    "MIT License",
    requires=("pygments", "gone"),
    installed_sha256=64 * "c",
)
PYGMENTS = Component(ComponentKind.DISTRIBUTION, "pygments", "2.0", "BSD-2-Clause", is_expression=True)
READLINE = Component(ComponentKind.LIBRARY, "readline", "8.2", "GPL-3.0-or-later", is_expression=True, duty="do this")
UNKNOWN = Component(ComponentKind.LIBRARY, "libodd")
INVENTORY = Inventory("shop", "1.2", (PYTHON, PYGMENTS, RICH, UNKNOWN, READLINE))


def metadata(folder: Path, *lines: str) -> Distribution:
    """A distribution with these lines of metadata."""
    info = write(folder, {"x-1.dist-info/METADATA": "\n".join(("Name: x", "Version: 1", *lines, "", ""))})
    return Distribution("x", "1", info / "x-1.dist-info")


# --- Distributions ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "licence", "is_expression"),
    [
        (["License-Expression: MIT OR Apache-2.0", "License: other"], "MIT OR Apache-2.0", True),
        (["License: BSD", "Classifier: License :: OSI Approved :: MIT License"], "BSD", False),
        (
            ["License: A text", "  of several lines", "Classifier: License :: OSI Approved :: MIT License"],
            "MIT License",
            False,
        ),
        (["License: UNKNOWN"], "", False),
        (["License: " + 100 * "x"], "", False),
        (["Classifier: License :: A :: One", "Classifier: License :: Two"], "One / Two", False),
        ([], "", False),
    ],
)
def test_licence_of_a_distribution(
    tmp_path: Path, newest_target: TargetPython, lines: list[str], licence: str, is_expression: bool
):
    """The SPDX expression counts, else the licence if it is a name, else the classifiers."""
    found = distribution_component(metadata(tmp_path, *lines), (), newest_target)

    assert (found.licence, found.is_expression) == (licence, is_expression)
    assert found.purl == "pkg:pypi/x@1"


@pytest.mark.parametrize(
    ("licence", "is_duty"),
    [
        ("MIT", False),
        ("GPL-3.0-or-later", True),
        ("GNU General Public License v2 (GPLv2)", True),
        ("AGPL-3.0-only", True),
        ("LGPL-2.1-or-later", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("GPL-3.0-or-later OR MIT", False),
    ],
)
def test_licences_that_ask_for_something(tmp_path: Path, newest_target: TargetPython, licence: str, is_duty: bool):
    """A copyleft licence for the whole program is a duty, unless there is a choice or it is for a library alone."""
    found = distribution_component(metadata(tmp_path, f"License: {licence}"), (), newest_target)

    assert bool(found.duty) is is_duty


def test_texts_and_requirements_of_a_distribution(tmp_path: Path, newest_target: TargetPython):
    """Texts lie in the metadata, in one of two places; requirements are those without extras, for this system."""
    found = metadata(
        tmp_path,
        "Requires-Dist: Some_Thing>=1",
        "Requires-Dist: other; extra == 'x'",
        "Requires-Dist: win; sys_platform == 'win32'",
        "Requires-Dist: ?",
    )
    write(tmp_path / "x-1.dist-info", {"licenses/a/LICENSE": "", "COPYING.txt": "", "RECORD": "", "AUTHORS": ""})
    component = distribution_component(found, (), newest_target)

    assert component.requires == ("some-thing",)
    assert [path.name for path in component.texts] == ["LICENSE", "AUTHORS", "COPYING.txt"]


RECORD = """\
x/__init__.py,sha256=aaa,1
x/other.py,sha256=bbb,2
"x/a,b.txt",sha256=ccc,3
x-1.dist-info/METADATA,sha256=ddd,4
x-1.dist-info/RECORD,,
"""
OF_AN_INSTALLER = """\
../../../bin/x,sha256=eee,5
x/__pycache__/other.cpython-313.pyc,,
x-1.dist-info/INSTALLER,sha256=fff,6
x-1.dist-info/REQUESTED,sha256=ggg,0
x-1.dist-info/direct_url.json,sha256=hhh,7
"""


def test_digest_of_installed_files(tmp_path: Path, newest_target: TargetPython):
    """A distribution's digest follows from the paths and hashes of its wheel's files, in any order, whoever installed them and where."""
    plain, other, changed = (metadata(tmp_path / name) for name in ("plain", "other", "changed"))
    write(tmp_path / "plain" / "x-1.dist-info", {"RECORD": RECORD})
    rows = [*RECORD.splitlines(), *OF_AN_INSTALLER.splitlines()]
    write(tmp_path / "other" / "x-1.dist-info", {"RECORD": "\n".join(reversed(rows))})
    write(tmp_path / "changed" / "x-1.dist-info", {"RECORD": RECORD.replace("bbb", "bbc")})
    digest, same, different = (
        distribution_component(each, (), newest_target).installed_sha256 for each in (plain, other, changed)
    )
    lines = "x-1.dist-info/METADATA,sha256=ddd\nx/__init__.py,sha256=aaa\nx/a,b.txt,sha256=ccc\nx/other.py,sha256=bbb\n"

    assert digest == same == hashlib.sha256(lines.encode()).hexdigest()
    assert different not in ("", digest)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"RECORD": "x-1.dist-info/RECORD,,\n"},
        {"RECORD": RECORD, "direct_url.json": '{"url": "file:///x", "dir_info": {"editable": true}}'},
    ],
)
def test_no_digest_of_installed_files(tmp_path: Path, newest_target: TargetPython, files: dict[str, str]):
    """Where nothing lists the files, or they are the developer's, there is no digest, and no property tells one."""
    found = metadata(tmp_path)
    write(tmp_path / "x-1.dist-info", files)
    component = distribution_component(found, (), newest_target)
    [shown] = json.loads(sbom_text(Inventory("shop", "", (component,)), None))["components"]

    assert component.installed_sha256 == ""
    assert "properties" not in shown


def test_digests_of_two_environments(tmp_path: Path, newest_target: TargetPython):
    """A distribution has the same digest in every environment, and RECORD's rows alone, sorted, give it."""
    wheel = tmp_path / "x-1-py3-none-any.whl"
    info = {
        "METADATA": "Metadata-Version: 2.1\nName: x\nVersion: 1\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "entry_points.txt": "[console_scripts]\nx = x:main\n",
    }
    files = {"x/__init__.py": "def main(): ...\n", **{f"x-1.dist-info/{name}": text for name, text in info.items()}}
    with zipfile.ZipFile(wheel, "w") as archive:
        rows = []
        for name, text in files.items():
            archive.writestr(name, text)
            rows.append(f"{name},sha256={_record_hash(text)},{len(text)}\n")
        archive.writestr("x-1.dist-info/RECORD", "".join((*rows, "x-1.dist-info/RECORD,,\n")))
    digests = []
    for name, arguments in (("one", ("--compile", "--target")), ("another-place", ("--no-compile", "--prefix"))):
        folder = tmp_path / name
        pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps")
        done = run([*pip, *arguments, folder, wheel])
        assert done.status == 0, done.stderr.decode()
        [found] = folder.rglob("x-1.dist-info")
        digests.append(distribution_component(Distribution("x", "1", found), (), newest_target).installed_sha256)

    kept = sorted(row.rpartition(",")[0] + "\n" for row in rows)
    assert digests == 2 * [hashlib.sha256("".join(kept).encode()).hexdigest()]


def _record_hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


# --- Libraries in C ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("libssl.so.3", "openssl"),
        ("libsqlite3.so.0.8.6", "sqlite"),
        ("libz.so.1", "zlib"),
        ("libzstd.so.1", "zstd"),
        ("libgfortran-040039e1.so.5.0.0", "libgfortran"),
        ("libopenblas64_p-r0-0cf96a72.3.23.dev.so", "libopenblas64_p-r0-0cf96a72.3.23.dev"),
        ("libxml2.so.2", "libxml2"),
    ],
)
def test_name_of_a_library(file: str, name: str):
    """Known libraries have the names of their projects, others those of their files."""
    assert library_name(Path(file)) == name


def test_versions_of_libraries(tmp_path: Path, newest_target: TargetPython, monkeypatch: pytest.MonkeyPatch):
    """A version is what Python tells, else that of the system's package; files of one library are one component."""
    files = [tmp_path / name for name in ("libodd.so.1", "liblzma.so.5", "libcrypto.so.3", "libssl.so.3")]
    script = (
        "#!/bin/sh\n"
        f'[ "$1" = --search ] && echo "liblzma5:amd64, other: {files[1]}" && echo "no path" >&2 && exit 1\n'
        "printf 'liblzma5:amd64\\t5.4.1\\n'\n"
    )
    write(tmp_path / "bin", {"dpkg-query": script})
    (tmp_path / "bin" / "dpkg-query").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    found = {each.name: each for each in native_libraries(files, frozenset({"zlib", "json"}), newest_target)}
    asked = "import ssl, zlib; print(ssl.OPENSSL_VERSION.split()[1], zlib.ZLIB_RUNTIME_VERSION)"
    openssl, zlib = run([newest_target.executable, "-c", asked]).stdout.decode().split()

    assert list(found) == ["libodd", "openssl", "xz", "zlib"]
    assert [each.version for each in found.values()] == ["", openssl, "5.4.1", zlib]
    assert [path.name for path in found["openssl"].files] == ["libcrypto.so.3", "libssl.so.3"]
    assert (found["zlib"].files, found["zlib"].licence) == ((), "Zlib")
    assert found["libodd"].licence == ""


# --- Documents --------------------------------------------------------------------------------------------------------


def test_a_bill_of_materials(tmp_path: Path):
    """The bill of materials is valid CycloneDX, names who requires whom, and is the same for the same contents."""
    (tmp_path / "libodd.so.1").write_bytes(b"odd")
    library = Component(ComponentKind.LIBRARY, "libodd", files=(tmp_path / "libodd.so.1",))
    inventory = Inventory("shop", "1.2", (PYTHON, PYGMENTS, RICH, library))
    text = sbom_text(inventory, None, 64 * "a")
    document = json.loads(text)
    depends = {row["ref"]: row["dependsOn"] for row in document["dependencies"]}

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert text == sbom_text(inventory, None, 64 * "a") != sbom_text(inventory, None, 64 * "b")
    assert document["metadata"]["component"]["hashes"][0]["content"] == 64 * "a"
    assert "timestamp" not in document["metadata"]
    assert depends["program"] == ["pkg:generic/cpython@3.13.0", "pkg:pypi/rich@13.0", "pkg:generic/libodd"]
    assert depends["pkg:pypi/rich@13.0"] == ["pkg:pypi/pygments@2.0"]
    assert document["components"][3]["components"][0]["hashes"][0]["content"] == hashlib.sha256(b"odd").hexdigest()
    assert document["components"][1]["licenses"] == [{"expression": "BSD-2-Clause"}]
    assert document["components"][2]["licenses"] == [{"license": {"name": "MIT License"}}]
    assert document["components"][2]["properties"] == [{"name": "bundler:installed-files:sha256", "value": 64 * "c"}]


def test_the_time_of_a_bill_of_materials():
    """SOURCE_DATE_EPOCH is its time; a program without a version has none."""
    text = sbom_text(Inventory("shop", "", (PYTHON,)), 1_700_000_000, 64 * "a")
    document = json.loads(text)

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert document["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    assert "version" not in document["metadata"]["component"]


def test_notices(tmp_path: Path):
    """An overview by kind comes first, then each text under the name of its component."""
    text = tmp_path / "LICENSE"
    text.write_bytes(b"words \xff\n\n")
    inventory = Inventory(
        "shop", "", (PYTHON, Component(ComponentKind.DISTRIBUTION, "x", "1", texts=(text,)), READLINE)
    )
    lines = notices_text(inventory).splitlines()

    assert lines[0] == "shop"
    assert lines[4:12] == [
        "Python",
        "  cpython 3.13.0: PSF-2.0",
        "",
        "Distributions",
        "  x 1: licence unknown",
        "",
        "Libraries",
        "  readline 8.2: GPL-3.0-or-later",
    ]
    assert lines[-4:] == ["x 1: LICENSE", 80 * "=", "", "words \N{REPLACEMENT CHARACTER}"]


def test_warnings():
    """What a licence asks for is a warning, one for each component."""
    assert [each.message for each in duties(INVENTORY)] == ["`readline` is under the licence GPL-3.0-or-later: do this"]


# --- A program --------------------------------------------------------------------------------------------------------


def test_the_c_library_of_a_static_program(one_interpreter: Interpreter, tmp_path: Path):
    """A binary that holds the C library lists it, and its licence is a warning."""
    write(tmp_path, {"app.py": "print('app')\n"})
    notices = ("--static", "--licenses", "NOTICES.txt", "--sbom", "app.cdx.json")
    done = bundle("app.py", "--python", one_interpreter.python, *notices, cwd=tmp_path, NO_COLOR="1")
    if b"error[no-static-libc]" in done.stderr:
        pytest.skip("there is no static C library on this machine")

    assert done.status == 0, done.stderr.decode()
    assert b"warning[licence]: `glibc` is under the licence LGPL-2.1-or-later: users must be able to" in done.stderr
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str((tmp_path / "app.cdx.json").read_text()) is None
    assert "\n  glibc 2." in (tmp_path / "NOTICES.txt").read_text()


def test_documents_of_a_program(one_interpreter: Interpreter, tmp_path: Path):
    """A build writes both documents, equal for equal programs, and archives hold the licences."""
    files = {
        "pyproject.toml": "[project]\nname = 'store'\nversion = '1.2'\n[tool.bundle]\ntarget = 'app.py'\n"
        "sbom = 'out/app.cdx.json'\nlicenses = 'out/NOTICES.txt'\narchive = ['tar.gz']\n",
        "app.py": "import ssl, rich.console\ntry:\n    import readline\nexcept ImportError:\n    pass\nprint('app')\n",
    }
    texts = []
    for name in ("one", "two"):
        folder = write(tmp_path / name, files)
        done = bundle("--python", one_interpreter.python, "--no-rehearse", cwd=folder, NO_COLOR="1")
        assert done.status == 0, done.stderr.decode()
        texts.append((folder / "out" / "app.cdx.json").read_text())
    document = json.loads(texts[0])
    components = {each["name"]: each for each in document["components"]}
    notices = (folder / "out" / "NOTICES.txt").read_text()
    with tarfile.open(folder / "dist" / "app-1.2-linux-x86_64.tar.gz") as archive:
        inside = archive.extractfile("app-1.2-linux-x86_64/NOTICES.txt")
        assert inside is not None
        assert inside.read().decode() == notices
    told = run([one_interpreter.python, "-c", "import ssl; print(ssl.OPENSSL_VERSION.split()[1])"]).stdout.decode()

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(texts[0]) is None
    assert texts[0] == texts[1]
    assert document["metadata"]["component"]["name"] == "app"
    binary = (folder / "dist" / "app").read_bytes()
    assert document["metadata"]["component"]["hashes"][0]["content"] == hashlib.sha256(binary).hexdigest()
    assert {"cpython", "bundler", "rich", "pygments", "openssl", "zlib"} <= components.keys()
    assert all("properties" in components[name] for name in ("rich", "pygments"))
    assert "store" not in components
    assert components["openssl"]["version"] == told.strip()
    assert "\nDistributions\n" in notices
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in notices.upper()
    if "readline" in components:
        assert b"warning[licence]: `readline` is under the licence GPL-3.0-or-later: " in done.stderr
