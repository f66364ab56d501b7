"""Files that go with a binary: links, archives, checksums. The binary is a small file here; real ones come last."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest
import zstandard

from bundler.analyze.graph import Distribution
from bundler.elf import MACHINES
from bundler.errors import BundleError
from bundler.project import read_project_file
from bundler.release import Delivery, Member, deliver, plan
from bundler.settings import AddedData, Command, Release, Settings
from bundler.values import source_date
from tests.analyze.trees import write
from tests.support import Interpreter, bundle, run

KINDS = ("tar.gz", "tar.zst", "zip")
[MACHINE] = [machine for machine in MACHINES.values() if machine.python_name == "x86_64"]


def planned(output: Path, *distributions: Distribution, **settings: object) -> Delivery:
    return plan(output, distributions, MACHINE, Settings(**settings))  # type: ignore[arg-type]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folder of a project, with a finished binary in `dist`."""
    return write(
        tmp_path,
        {
            "pyproject.toml": "[project]\nname = 'Store'\nversion = '1.2'\nreadme = 'README.md'\n",
            "README.md": "read me",
            "LICENSE": "a licence",
            "docs/COPYING.txt": "another",
            "completions/shop.bash": "complete",
            "dist/shop": "binary",
        },
    )


# --- What goes with a binary ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "version", "documents"),
    [
        ("", "", ["README.md", "LICENSE"]),
        ("version = '3'", "3", ["README.md", "LICENSE"]),
        ("readme = 'docs/COPYING.txt'", "", ["docs/COPYING.txt", "LICENSE"]),
        ("readme = {file = 'README.md', content-type = 'text/markdown'}", "", ["README.md", "LICENSE"]),
        ("license-files = ['docs/*']", "", ["README.md", "docs/COPYING.txt"]),
        ("license = {file = 'docs/COPYING.txt'}", "", ["README.md", "docs/COPYING.txt"]),
        ("license = 'MIT'\nlicense-files = []", "", ["README.md", "LICENSE"]),
        ("readme = 'gone.md'\nlicense-files = 3", "", ["LICENSE"]),
        ("readme = '../README.md'\nlicense-files = ['/etc/passwd', '', './docs/*']", "", ["docs/COPYING.txt"]),
        ("[tool.poetry]\nversion = '4'\nreadme = ['README.md', 'docs/COPYING.txt']", "4", None),
    ],
)
def test_documents_of_a_project(project: Path, toml: str, version: str, documents: list[str] | None):
    """The readme and the licences are those that the project lists, else files with the usual names."""
    (project / "pyproject.toml").write_text(f"[project]\nname = 'x'\n{toml}\n")
    release = read_project_file(project / "pyproject.toml").release

    assert release is not None
    assert (release.name, release.version, release.folder) == ("x", version, project)
    expected = documents if documents is not None else ["README.md", "docs/COPYING.txt", "LICENSE"]
    assert [str(path.relative_to(project)) for path in release.documents] == expected


def test_what_an_archive_holds(project: Path):
    """The binary, links, documents with their paths, and files that are asked for; named after version and machine."""
    release = read_project_file(project / "pyproject.toml").release
    output = project / "dist" / "shop"
    found = planned(
        output,
        release=release,
        archives=("zip", "tar.gz", "zip"),
        archived=(AddedData(project / "completions", PurePosixPath("share/completions")),),
        commands=(Command("shop"), Command("admin")),
        checksum=True,
    )

    assert [path.name for path in found.archives] == ["shop-1.2-linux-x86_64.zip", "shop-1.2-linux-x86_64.tar.gz"]
    assert [str(member.path) for member in found.members] == [
        "LICENSE",
        "README.md",
        "admin",
        "share/completions/shop.bash",
        "shop",
    ]
    assert [member.is_executable for member in found.members] == [False, False, False, False, True]
    assert found.links == (project / "dist" / "admin",)
    assert found.summed == (output, *found.archives)


def test_the_version_of_an_archive(project: Path):
    """A version that the file leaves to the build backend is that of the installed distribution."""
    output = project / "dist" / "shop"
    release = Release(project, "The_Store", "", ())
    names = [
        planned(output, *distributions, release=each, archives=("zip",)).archives[0].name
        for each, distributions in (
            (release, (Distribution("the-store", "7"),)),
            (release, ()),
            (None, ()),
        )
    ]

    assert names == ["shop-7-linux-x86_64.zip", "shop-linux-x86_64.zip", "shop-linux-x86_64.zip"]


def test_a_file_that_is_not_there(project: Path):
    """A file for archives that is not there is an error before anything is linked."""
    wanted = (AddedData(project / "gone", PurePosixPath()),)

    assert planned(project / "dist" / "shop", archived=wanted).archives == ()
    with pytest.raises(BundleError, match="gone` for the archive is not there"):
        planned(project / "dist" / "shop", archived=wanted, archives=("zip",))


def test_an_archive_that_cannot_be_written(project: Path, monkeypatch: pytest.MonkeyPatch):
    """Without zstandard an archive that needs it is an error before anything is linked; other kinds need nothing."""
    monkeypatch.setitem(sys.modules, "zstandard", None)

    assert planned(project / "dist" / "shop", archives=("zip", "tar.gz")).archives
    with pytest.raises(BundleError, match="need the package zstandard") as refusal:
        planned(project / "dist" / "shop", archives=("tar.gz", "tar.zst"))
    assert refusal.value.diagnostic.code == "no-zstandard"


def test_nothing_goes_with_it(project: Path):
    """Nothing is written beside a binary that is not asked for."""
    deliver(planned(project / "dist" / "shop", release=Release(project, "x", "1", ())), None)

    assert os.listdir(project / "dist") == ["shop"]


# --- Archives ---------------------------------------------------------------------------------------------------------


def delivered(folder: Path, date: int | None = None) -> Delivery:
    """Archives of a binary, a link and a file with an odd name."""
    write(folder, {"shop": "binary", "ä file": "text"})
    (folder / "shop").chmod(0o700)
    members = (
        Member(PurePosixPath("admin"), None, "shop"),
        Member(PurePosixPath("doc/ä file"), folder / "ä file"),
        Member(PurePosixPath("shop"), folder / "shop", is_executable=True),
    )
    archives = tuple(folder / f"shop-1.{kind}" for kind in KINDS)
    made = Delivery(folder / "shop", archives=archives, members=members, summed=archives, source_date=date)
    deliver(made, None)
    return made


def test_equal_archives(tmp_path: Path):
    """Equal contents give equal bytes, whatever the times, permissions and places of the files."""
    first = delivered(tmp_path / "a")
    for path in (tmp_path / "a").iterdir():
        os.utime(path, (1, 1))
    second = delivered(tmp_path / "b" / "c")
    later = delivered(tmp_path / "d", 1_700_000_000)

    for one, other, third in zip(first.archives, second.archives, later.archives, strict=True):
        assert one.read_bytes() == other.read_bytes() != third.read_bytes()


def test_the_time_of_a_release():
    """SOURCE_DATE_EPOCH is a number of seconds; anything else is an error, so that no release has another time unnoticed."""
    assert source_date({}) is None
    assert source_date({"SOURCE_DATE_EPOCH": ""}) is None
    assert source_date({"SOURCE_DATE_EPOCH": "1700000000"}) == 1_700_000_000
    for text in ("yesterday", "-5", "1.5", "\N{ARABIC-INDIC DIGIT FIVE}"):
        with pytest.raises(BundleError, match="SOURCE_DATE_EPOCH") as caught:
            source_date({"SOURCE_DATE_EPOCH": text})
        assert caught.value.diagnostic.hint == "correct the variable, or unset it"


@pytest.mark.parametrize(("date", "when"), [(None, 315532800), (1_700_000_000, 1_700_000_000), (5, 315532800)])
def test_a_tar_archive(tmp_path: Path, date: int | None, when: int):
    """Members lie in a folder of the archive's name, belong to nobody, and bear SOURCE_DATE_EPOCH."""
    gz, zst, _ = delivered(tmp_path, date).archives
    contents = gzip.decompress(gz.read_bytes())
    with tarfile.open(fileobj=io.BytesIO(contents)) as archive:
        members = archive.getmembers()

    assert zstandard.ZstdDecompressor().decompressobj().decompress(zst.read_bytes()) == contents
    assert [(each.name, each.mode, each.linkname) for each in members] == [
        ("shop-1/admin", 0o777, "shop"),
        ("shop-1/doc/ä file", 0o644, ""),
        ("shop-1/shop", 0o755, ""),
    ]
    assert {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in members} == {(when, 0, 0, "", "")}


def test_a_zip_archive(tmp_path: Path):
    """A zip file holds the same, with permissions and links as Unix tools write them."""
    archive = zipfile.ZipFile(delivered(tmp_path, 1_700_000_000).archives[2])

    assert [(each.filename, oct(each.external_attr >> 16)) for each in archive.infolist()] == [
        ("shop-1/admin", "0o120777"),
        ("shop-1/doc/ä file", "0o100644"),
        ("shop-1/shop", "0o100755"),
    ]
    assert archive.read("shop-1/admin") == b"shop"
    assert archive.infolist()[0].date_time == (2023, 11, 14, 22, 13, 20)


def test_checksums_are_checked_by_sha256sum(tmp_path: Path):
    """`sha256sum -c` accepts the files, in the folder where they are."""
    made = delivered(tmp_path)
    done = run(["sha256sum", "-c", *(path.name for path in made.checksums)], cwd=tmp_path)

    assert [path.name for path in made.checksums] == [f"shop-1.{kind}.sha256" for kind in KINDS]
    assert done.stdout.decode().splitlines() == [f"shop-1.{kind}: OK" for kind in KINDS]


# --- A release --------------------------------------------------------------------------------------------------------


def test_a_release(one_interpreter: Interpreter, tmp_path: Path):
    """Two builds of a project, in different folders, give equal archives and checksums, whose programs run."""
    files = {
        "pyproject.toml": "[project]\nname = 'store'\nversion = '1.2'\n[project.scripts]\nshop = 'store:main'\n"
        "admin = 'store:admin'\n[tool.bundle]\nmulticall = true\narchive = ['tar.gz']\nchecksum = true\n"
        "archive-file = ['*.1:man']\n",
        "store.py": "def main(): print('shop')\ndef admin(): print('admin')\n",
        "README.md": "read me",
        "shop.1": "manual",
    }
    documents = []
    for name in ("one", "two"):
        folder = write(tmp_path / name, files)
        done = bundle("--json", "-q", "--python", one_interpreter.base, cwd=folder)
        assert done.status == 0, done.stderr.decode()
        documents.append(json.loads(done.stdout))
    [program] = documents[0]["programs"]
    archive = tmp_path / "one" / program["archives"][0]["path"]
    subprocess.run(["tar", "xf", archive], cwd=tmp_path, check=True)
    inside = tmp_path / "store-1.2-linux-x86_64"

    assert program["archives"] == documents[1]["programs"][0]["archives"]
    assert program["archives"][0]["sha256"] == hashlib.sha256(archive.read_bytes()).hexdigest()
    assert program["archives"][0]["size"] == archive.stat().st_size
    assert program["links"] == ["dist/shop", "dist/admin"]
    assert program["checksums"] == ["dist/store.sha256", "dist/store-1.2-linux-x86_64.tar.gz.sha256"]
    assert sorted(os.listdir(inside)) == ["README.md", "admin", "man", "shop", "store"]
    assert run([inside / "admin"]).stdout == b"admin\n"
    assert run(["sha256sum", "-c", "store.sha256"], cwd=tmp_path / "two" / "dist").status == 0
