"""What can be bundled: a script, a folder, a module, a package, a function; each as Python runs it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support import APPS, BUNDLE_ROOT, Interpreter, Outcome, bundle, run

FOLDER = APPS / "targets"

# Arguments of `bundle`, and those of `python` that do the same.
TARGETS = {
    "file": (["shop/cli.py"], ["shop/cli.py"]),
    "folder": (["shop"], ["shop"]),
    "module": (["-m", "shop.cli"], ["-m", "shop.cli"]),
    "package": (["-m", "shop"], ["-m", "shop"]),
    "function": (["shop.cli:main"], ["-c", "import sys; from shop.cli import main; sys.exit(main())"]),
    "method": (
        ["shop.cli:Commands.list"],
        ["-c", "import sys; from shop.cli import Commands; sys.exit(Commands.list())"],
    ),
}


def _normal(outcome: Outcome) -> Outcome:
    """Without source lines and folders, which differ."""
    text = outcome.stderr.decode().replace(f"{FOLDER}/shop/", f"{BUNDLE_ROOT}/shop/")
    return Outcome(outcome.status, outcome.stdout.replace(str(FOLDER).encode(), BUNDLE_ROOT.encode()), text.encode())


@pytest.mark.one_python
@pytest.mark.parametrize("arguments", [[], ["fail"]])
@pytest.mark.parametrize("kind", ["module", "package", "function", "method"])
def test_runs_as_python_runs_it(interpreter: Interpreter, build: Callable[..., Path], kind: str, arguments: list[str]):
    """The program, its name, package and specification, its resources and exit status are those of `python`."""
    target, original = TARGETS[kind]
    binary = build(kind, *target, cwd=FOLDER)

    found = run([binary, *arguments])

    assert _normal(found) == _normal(run([interpreter.python, *original, *arguments], cwd=FOLDER))


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_script_inside_a_package_is_no_module(interpreter: Interpreter, tmp_path: Path, kind: str):
    """A file is a script, wherever it lies: relative imports, which fail under Python, are an error that names the module."""
    target, original = TARGETS[kind]
    expected = run([interpreter.python, *original], cwd=FOLDER)
    done = bundle(*target, "--python", interpreter.python, "-o", tmp_path / "app", cwd=FOLDER)
    module = "shop.cli" if kind == "file" else "shop"

    assert b"attempted relative import" in expected.stderr
    assert done.status == expected.status == 1
    assert f"-m {module}`".encode() in done.stderr


@pytest.mark.one_python
@pytest.mark.parametrize(
    ("target", "name"),
    [
        (["app.py"], "app"),
        (["tool"], "tool"),
        (["./tool/"], "tool"),
        (["-m", "tool"], "tool"),
        (["-m", "tool.sub"], "sub"),
        (["tool.sub:run"], "run"),
    ],
)
def test_default_output(interpreter: Interpreter, tmp_path: Path, target: list[str], name: str):
    """Without `-o` the binary is `dist/NAME`, in the current folder."""
    (tmp_path / "tool").mkdir()
    for path in ("app.py", "tool/__init__.py", "tool/__main__.py", "tool/sub.py"):
        (tmp_path / path).write_text("def run(): print('ran')\nif __name__ == '__main__': run()\n")

    done = bundle(*target, "--python", interpreter.python, cwd=tmp_path)

    assert done.status == 0, done.stderr
    assert [path.name for path in (tmp_path / "dist").iterdir()] == [name]
    assert run([tmp_path / "dist" / name]) == Outcome(0, b"ran\n", b"")


@pytest.mark.one_python
def test_active_environment_is_the_default(interpreter: Interpreter, tmp_path: Path):
    """Without `--python` the active virtual environment is searched, and its Python embedded."""
    (tmp_path / "app.py").write_text("import sys, rich\nprint(sys.version_info[:2])\n")

    done = bundle("app.py", cwd=tmp_path, VIRTUAL_ENV=str(interpreter.environment))

    assert done.status == 0, done.stderr
    version = tuple(map(int, interpreter.version.split(".")))
    assert run([tmp_path / "dist" / "app"]).stdout.decode().strip() == str(version)


def test_second_build_compiles_nothing(interpreter: Interpreter, tmp_path: Path):
    """Compiled modules are kept: building again runs the compiler for the link alone, also for another output."""
    source = tmp_path / "app.py"
    source.write_text(f"print('never compiled before', '{uuid4()}')\n")
    outputs = [bundle(source, "-v", "--python", interpreter.python, "-o", tmp_path / name) for name in ("one", "two")]
    compiled = [
        sum(" -c " in line and "frozen" in line for line in each.stderr.decode().splitlines()) for each in outputs
    ]

    assert [each.status for each in outputs] == [0, 0]
    assert compiled[0] >= 1
    assert compiled[1] == 0


def test_building_what_is_there_links_nothing(tmp_path: Path):
    """A build that would make the very file that is there leaves it, but for its time; a file that was changed is made anew."""
    source, output = tmp_path / "app.py", tmp_path / "app"
    source.write_text("print('here')\n")

    def build(*options: str) -> tuple[bool, bytes]:
        done = bundle(source, "-v", "-o", output, *options)
        assert done.status == 0, done.stderr
        return "@arguments.txt" in done.stderr.decode(), output.read_bytes()

    linked, first = build()
    assert linked
    inode = output.stat().st_ino
    os.utime(output, (0, 0))
    assert build() == (False, first)
    assert output.stat().st_ino == inode
    assert output.stat().st_mtime > 0
    # Not by name and size alone,
    output.write_bytes(first[:-1] + bytes([first[-1] ^ 1]))
    assert build() == (True, first)
    # nor when it could not be run,
    output.chmod(0o644)
    assert build() == (True, first)
    assert run([output]).stdout == b"here\n"
    # and all that is asked for counts,
    linked, other = build("--with-source")
    assert linked
    assert other != first
    # contents of data files included.
    data = tmp_path / "data"
    data.write_text("one")
    linked, other = build("--add-data", f"{data}:.")
    assert linked
    assert build("--add-data", f"{data}:.") == (False, other)
    before = data.stat()
    data.write_text("two")
    os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns))
    linked, changed = build("--add-data", f"{data}:.")
    assert linked
    assert changed != other
