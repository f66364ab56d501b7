"""What a project says about its snapshot, and what a server is."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.snapshot.conftest import Recorded, told
from tests.support import Interpreter, Program, bundle, inspect, run

_SOURCES = {
    "pyproject.toml": """
[project]
name = "shop"
version = "1"
[project.scripts]
shop = "shop.cli:main"
[tool.bundle.snapshot]
imports = ["shop.extra"]
call = ["shop.parser:make", "shop.parser:ask"]
late = ["shop.sl*"]
restore = ["shop.config:Config.again"]
""",
    "shop/__init__.py": "",
    "shop/cli.py": """
import shop.config
import shop.parser

def main():
    import os, sys
    made = shop.parser.make.cache_info().currsize
    found = shop.config.Config.home == os.path.expanduser("~"), shop.config.Config.has_file
    print(shop.parser.make().parse_args().name, made, *found, *(name in sys.modules for name in ("shop.slower", "shop.extra")))
    from shop import ending
""",
    "shop/ending.py": "",
    "shop/parser.py": """
import argparse, functools, sys

@functools.cache
def make():
    # From 3.14 on a parser keeps a formatter, and so what the terminal can show and how wide it is, unless both are given.
    plain = {"color": False} if sys.version_info >= (3, 14) else {}
    wide = functools.partial(argparse.HelpFormatter, width=80)
    parser = argparse.ArgumentParser(prog="shop", formatter_class=wide, **plain)
    parser.add_argument("--name", default="nobody")
    return parser

def ask():
    import sys
    return sys.argv[1:]
""",
    "shop/config.py": """
import os

class Config:
    home = os.path.expanduser("~")
    has_file = os.path.exists(os.environ.get("SHOP_FILE", "/nowhere"))

    @classmethod
    def again(cls):
        cls.home = os.path.expanduser("~")
        cls.has_file = os.path.exists(os.environ.get("SHOP_FILE", "/nowhere"))
""",
    "shop/extra.py": "import shop.slower\n",
    "shop/slower.py": "VALUE = 3\n",
}


@pytest.fixture(scope="module")
def shop(one_interpreter: Interpreter, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """The project's program."""
    folder = tmp_path_factory.mktemp("shop")
    for name, text in _SOURCES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    built = bundle("--python", one_interpreter.python, "--snapshot", "require", cwd=folder)
    assert built.status == 0, built.stderr.decode()
    return Recorded(Program(one_interpreter, folder / "shop" / "cli.py", folder / "dist" / "shop"))


def test_what_a_start_still_imports(shop: Recorded):
    """BUNDLE_TRACE=late times the imports that a restored start still makes, and no others."""
    done = run([shop.binary], environment=shop.environment({"BUNDLE_TRACE": "snapshot,late"}))
    assert told(done) == "restored"
    times = re.findall(r"^import time: +\d+ \| +\d+ \| +(\S+)$", done.stderr.decode(), re.MULTILINE)
    assert [name for name in times if name.startswith("shop")] == ["shop.ending"]
    assert "argparse" not in times
    assert b"import time" not in shop.start().stderr


def test_wishes(shop: Recorded, tmp_path: Path):
    """Modules and functions that a project names are imported, called, left for each start, and called again at each."""
    (tmp_path / "file").touch()
    for variables in ({"HOME": "/one"}, {"HOME": "/two", "SHOP_FILE": str(tmp_path / "file")}):
        done = shop.start("--name", "ann", **variables)
        has_file = "SHOP_FILE" in variables
        assert told(done) == "restored"  # the function that looks again asks for the variable, too
        assert done.stdout.decode() == f"ann 1 True {has_file} False False\n"


def test_what_is_late(shop: Recorded):
    """A module that fits a pattern is late, and so are its importers and a function that asks for arguments."""
    snapshot = inspect(shop.binary)["snapshot"]
    assert snapshot["late"] == {
        "shop.parser:ask": "it reads `sys.argv`",
        "shop.slower": "the project names it",
    }
    assert {"shop.parser", "shop.config", "argparse"} <= set(snapshot["modules"])
    assert not {"shop.extra", "shop.slower"} & set(snapshot["modules"])


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('call = ["shop.cli"]', "`shop.cli` is not of the form MODULE:FUNCTION"),
        ('calls = ["shop.cli:main"]', "has no option `snapshot-calls`"),
        ('imports = ["shop.nothing"]', "the module for the snapshot `shop.nothing` was not found"),
    ],
)
def test_mistakes(one_interpreter: Interpreter, tmp_path: Path, line: str, message: str):
    """A mistake in the table is an error that names the line or the module."""
    (tmp_path / "app.py").write_text("print(1)\n")
    (tmp_path / "pyproject.toml").write_text(f'[tool.bundle]\ntarget = "app.py"\n[tool.bundle.snapshot]\n{line}\n')
    done = bundle("--python", one_interpreter.python, cwd=tmp_path)
    assert done.status == 1
    assert message in done.stderr.decode()
    assert "pyproject.toml:4" in done.stderr.decode() or "nothing" in line


def test_servers(one_interpreter: Interpreter, tmp_path: Path):
    """An installed server has no snapshot; a program that can serve has one, and a note."""
    subprocess.run([one_interpreter.python, "-m", "venv", "--without-pip", tmp_path / "environment"], check=True)
    packages = next((tmp_path / "environment" / "lib").glob("python*/site-packages"))
    (packages / "waitress-1.dist-info").mkdir()
    (packages / "waitress").mkdir()
    (packages / "waitress" / "__init__.py").write_text("def serve():\n    print('serving')\n")
    (packages / "waitress-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: waitress\nVersion: 1\n")
    record = "waitress/__init__.py,,\nwaitress-1.dist-info/METADATA,,\nwaitress-1.dist-info/RECORD,,\n"
    (packages / "waitress-1.dist-info" / "RECORD").write_text(record)
    (packages / "waitress-1.dist-info" / "entry_points.txt").write_text("[console_scripts]\nserve = waitress:serve\n")
    (tmp_path / "app.py").write_text("import waitress\nwaitress.serve()\n")
    options = ("--python", tmp_path / "environment", "--snapshot", "auto")
    server = bundle("--script", "serve", *options, "-o", tmp_path / "serve")
    assert "snapshot: none, for it is a server (waitress)" in server.stderr.decode()
    app = bundle(tmp_path / "app.py", *options, "-o", tmp_path / "app")
    assert "note[server-with-snapshot]" in app.stderr.decode()
    for name in ("serve", "app"):
        assert run([tmp_path / name]).stdout == b"serving\n"
