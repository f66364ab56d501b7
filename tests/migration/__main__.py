"""Reads public spec files, builds what they describe, and runs it: `python -m tests.migration CLONES [NAME ...]`.

CLONES is a folder with a checkout of each project, by its name in projects.toml. The result is docs/migration.md.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import ENVIRONMENTS
from tests.support import ROOT, bundle, find_interpreter, run

PAGE = ROOT / "docs" / "migration.md"
PROJECTS = Path(__file__).with_name("projects.toml")
MARK, END = "<!-- projects: written by `python -m tests.migration` -->\n", "<!-- end -->"
SECONDS = 600


@dataclass(frozen=True)
class Row:
    """A row of the page."""

    name: str
    repository: str
    spec: str
    notes: int
    result: str

    def text(self) -> str:
        return f"| [{self.name}]({self.repository}) | `{self.spec}` | {self.notes} | {self.result} |"


def tried(name: str, about: Mapping[str, Any], clones: Path) -> Row:
    """Migrate a project, build it if it can be installed, and run the result."""
    with tempfile.TemporaryDirectory(prefix="migration-") as folder:
        work = Path(folder, name)
        shutil.copytree(clones / name, work, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        try:
            python = environment(name, about, clones) if "install" in about else Path(sys.executable)
        except subprocess.CalledProcessError:
            return Row(name, about["repository"], about["spec"], 0, "not installed: pip fails")
        migrated = run_migrate(about, python, work)
        if migrated.returncode:
            reason = migrated.stderr.decode().partition("\n")[0].partition(": ")[2]
            return Row(name, about["repository"], about["spec"], 0, f"not read: {reason}")
        text = migrated.stdout.decode()
        notes = sum(line.startswith("# - ") for line in text.splitlines())
        result = built(about, python, text, work) if "install" in about else about["why"]
        return Row(name, about["repository"], about["spec"], notes, result)


def run_migrate(about: Mapping[str, Any], python: Path, work: Path) -> subprocess.CompletedProcess[bytes]:
    command = [Path(sys.executable).with_name("bundle"), "migrate", "--python", python, about["spec"]]
    return subprocess.run(command, cwd=work, capture_output=True, check=False)


def environment(name: str, about: Mapping[str, Any], clones: Path) -> Path:
    """The Python of an environment with what the project needs."""
    folder = ENVIRONMENTS / f"migration-{name}"
    python = folder / "bin" / "python"
    if not (folder / "finished").exists():
        base = find_interpreter(about.get("python", "3.12"))
        assert base is not None
        subprocess.run([base, "-m", "venv", "--clear", folder], check=True)
        command = [python, "-m", "pip", "-q", "--disable-pip-version-check", "install", *about["install"]]
        subprocess.run(command, check=True, cwd=clones / name)
        (folder / "finished").touch()
    return python


def built(about: Mapping[str, Any], python: Path, text: str, work: Path) -> str:
    """Build with the table alone, and compare a run of the binary with one of the script."""
    table = tomllib.loads(text)["tool"]["bundle"]
    (work / "pyproject.toml").write_text(text)
    command = ["-m", table["module"]] if "module" in table else [table.get("target") or python.parent / table["script"]]
    last = table.get("module", "").rpartition(".")[2]
    binary = work / "made" / (f"{last}.py" if last else Path(command[0]).name)  # programs print their names
    done = bundle("--python", python, "-o", binary, cwd=work)
    if done.status:
        return f"not built: {done.stderr.decode().partition('error[')[2].partition(chr(10))[0]}"
    environment_ = {"PATH": f"{python.parent}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    found = run([binary, *about["run"]], cwd=work, environment=environment_, timeout=SECONDS)
    expected = run([python, *command, *about["run"]], cwd=work, environment=environment_, timeout=SECONDS)
    shown = " ".join(about["run"])
    if (found.status, found.stdout) != (expected.status, expected.stdout):
        print(found, expected, file=sys.stderr)
        return f"built; `{shown}` prints something else than the script"
    return f"built, and `{shown}` prints what the script prints"


def rows(names: list[str], clones: Path) -> Iterator[Row]:
    projects = tomllib.loads(PROJECTS.read_text())
    for name in names or projects:
        row = tried(name, projects[name], clones)
        print(row.text(), flush=True)
        yield row


def main() -> None:
    clones, *names = sys.argv[1:]
    table = [row.text() for row in rows(names, Path(clones).resolve())]
    if not names:
        before, _, rest = PAGE.read_text().partition(MARK)
        head = ["", "| project | spec file | notes | result |", "|---|---|---|---|"]
        PAGE.write_text(before + MARK + "\n".join((*head, *table, "", "")) + rest[rest.index(END) :])


if __name__ == "__main__":
    main()
