"""The action and the recipes of docs/ci.md: their YAML is valid, and their shell steps do what they say.

Costs three small binaries.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sysconfig
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from bundler.elf import MACHINES
from tests.support import EXAMPLES, ROOT, Interpreter

ACTION = ROOT / "action.yml"
PAGE = ROOT / "docs" / "ci.md"
SCRIPTS = Path(sysconfig.get_path("scripts"))
NAMES = ("slug", "tally", "wrap")


def recipes() -> Mapping[str, str]:
    """The YAML of the page, by the headings of its sections."""
    sections = re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]
    blocks = (
        (text.partition("\n")[0], re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
        for text in sections
    )
    return {title: found[0] for title, found in blocks if found}


@pytest.mark.parametrize(
    ("schema", "name"), [("github-actions", ""), ("github-workflows", "GitHub"), ("gitlab-ci", "GitLab")]
)
def test_yaml_is_valid(tmp_path: Path, schema: str, name: str):
    """The files are what the services document."""
    file = tmp_path / "file.yml"
    file.write_text(recipes()[name] if name else ACTION.read_text())
    checker = SCRIPTS / "check-jsonschema"

    done = subprocess.run([checker, "--builtin-schema", f"vendor.{schema}", file], capture_output=True, check=False)

    assert done.returncode == 0, done.stdout.decode()


def test_inputs_are_told():
    """The page names every input and output of the action; the recipe uses no other."""
    action = yaml.safe_load(ACTION.read_text())
    page = PAGE.read_text()
    [job] = yaml.safe_load(recipes()["GitHub"])["jobs"].values()
    [step] = [step for step in job["steps"] if "bundler@" in step.get("uses", "")]

    assert set(re.findall(r"^\| `([\w-]+)` \|", page, re.MULTILINE)) == set(action["inputs"])
    assert set(step["with"]) <= set(action["inputs"])
    assert all(f"`{name}`" in page for name in action["outputs"])


def test_inputs_reach_shells_as_variables():
    """No step of the action puts an input into its text, where it would be code."""
    steps = yaml.safe_load(ACTION.read_text())["runs"]["steps"]

    assert len([step for step in steps if "run" in step]) >= 4
    assert [step["name"] for step in steps if "${{" in step.get("run", "")] == []


def toolbox(folder: Path, python: Path) -> Path:
    """A copy of the sample project, whose environment is that of a Python."""
    project = folder / "toolbox"
    shutil.copytree(EXAMPLES / "toolbox", project)
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec {python} "$@"\n')
    (project / ".venv" / "bin" / "python").chmod(0o755)
    return project


class Runner:
    """Runs the shell steps of the action as GitHub does: expressions are filled in, files carry variables and outputs."""

    def __init__(self, folder: Path, inputs: Mapping[str, str]) -> None:
        self._folder = folder
        self._steps = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
        self._values = {f"inputs.{name}": value for name, value in inputs.items()}
        for name in ("output", "path", "env"):
            (folder / name).touch()

    def run(self, name: str) -> str:
        """Run the step of this name; what it printed."""
        [step] = [step for step in self._steps if step["name"] == name]
        own = {key: self._filled(value) for key, value in step.get("env", {}).items()}
        environment = {
            **{key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "SOURCE_DATE_EPOCH")},
            "PATH": f"{SCRIPTS}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(self._folder),
            **{f"GITHUB_{key.upper()}": str(self._folder / key) for key in ("output", "path", "env")},
            **own,
        }
        directory = self._filled(step.get("working-directory", str(self._folder)))
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=directory,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        self.take_outputs(step.get("id"))
        return done.stdout

    def set_input(self, name: str, value: str) -> None:
        """Give an input another value."""
        self._values[f"inputs.{name}"] = value

    def take_outputs(self, step: str) -> None:
        """Read the outputs that a step has written."""
        self._values.update((f"steps.{step}.outputs.{key}", value) for key, value in self._outputs())

    def _filled(self, text: str) -> str:
        return re.sub(r"\$\{\{ (\S+) \}\}", lambda found: self._values[found[1]], text)

    def _outputs(self) -> Iterator[tuple[str, str]]:
        text = (self._folder / "output").read_text()
        yield from re.findall(r"^(\w+)<<END\n(.*?)\nEND$", text, re.MULTILINE | re.DOTALL)
        yield from re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE)

    def output(self, name: str) -> str:
        return self._values[f"steps.build.outputs.{name}"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, one_interpreter: Interpreter) -> tuple[Path, Runner]:
    """The sample project, built by the step of the action."""
    folder = tmp_path_factory.mktemp("ci")
    project = toolbox(folder, one_interpreter.python)
    runner = Runner(folder, {"arguments": "--quiet", "working-directory": str(project), "smoke-test": "--version"})
    runner.run("Build")
    return project, runner


def test_what_the_action_makes(built: tuple[Path, Runner]):
    """Three binaries, each with an archive, checksums and a bill of materials; the outputs name all of them."""
    project, runner = built
    files = [Path(line) for line in runner.output("files").splitlines()]
    report = json.loads(Path(runner.output("report")).read_text())

    assert report["status"] == 0
    assert sorted(files) == sorted(path for path in (project / "dist").iterdir())
    assert len(files) == 5 * len(NAMES)
    assert subprocess.run("sha256sum --check *.sha256", shell=True, cwd=project / "dist", check=False).returncode == 0
    for name in NAMES:
        assert json.loads((project / "dist" / f"{name}.cdx.json").read_text())["bomFormat"] == "CycloneDX"
        with tarfile.open(next((project / "dist").glob(f"{name}-1.2-*.tar.gz"))) as archive:
            assert {Path(member.name).name for member in archive} >= {name, "README.md"}
    shown = subprocess.run([project / "dist" / "slug", "Hello, world!"], capture_output=True, text=True, check=True)
    assert shown.stdout == "hello-world\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="`chroot` is for root alone")
def test_binaries_start_in_an_empty_root(built: tuple[Path, Runner]):
    """The step starts each binary where there is nothing else, and prints what they say."""
    _, runner = built
    printed = runner.run("Try the binaries in an empty root")

    assert [line for line in printed.splitlines() if not line.startswith("/")] != []
    assert all(f"{name} 1.2" in printed for name in NAMES)


C_PROGRAM = r"""
#include <stdio.h>
#include <string.h>

int
main(int count, char **arguments)
{
    puts("started");
    return count > 1 && strcmp(arguments[1], "fail") == 0;
}
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="`chroot` is for root alone")
def test_a_binary_that_needs_the_c_library(tmp_path: Path):
    """One that is not static gets the C library into the root; one that fails there fails the step."""
    (tmp_path / "app.c").write_text(C_PROGRAM)
    subprocess.run(["cc", "app.c", "-o", "app"], cwd=tmp_path, check=True)
    (tmp_path / "report.json").write_text('{"programs": [{"output": "app"}]}')
    runner = Runner(tmp_path, {"working-directory": str(tmp_path), "smoke-test": "--version"})
    (tmp_path / "output").write_text(f"report={tmp_path / 'report.json'}\n")
    runner.take_outputs("build")

    assert "started" in runner.run("Try the binaries in an empty root")
    runner.set_input("smoke-test", "fail")
    with pytest.raises(AssertionError):
        runner.run("Try the binaries in an empty root")


def test_a_binary_for_another_processor(tmp_path: Path):
    """One that was built with `--target` cannot be started on the machine, and the step says so."""
    other = next(machine for machine in MACHINES.values() if machine.python_name != platform.machine())
    (tmp_path / "app").write_bytes(b"\x7fELF" + bytes(14) + other.number.to_bytes(2, "little"))
    (tmp_path / "report.json").write_text('{"programs": [{"output": "app"}]}')
    runner = Runner(tmp_path, {"working-directory": str(tmp_path), "smoke-test": "--version"})
    (tmp_path / "output").write_text(f"report={tmp_path / 'report.json'}\n")
    runner.take_outputs("build")

    assert runner.run("Try the binaries in an empty root") == "app is for another processor and is not started here\n"


def test_the_steps_for_gitlab(built: tuple[Path, Runner], tmp_path: Path):
    """The recipe builds with the action's command; its checksums are right; its second job starts the binaries."""
    project, _ = built
    jobs = yaml.safe_load(recipes()["GitLab"])
    shutil.copytree(project / "dist", tmp_path / "dist")
    steps = [*jobs["binaries"]["script"], *(jobs["empty-root"]["script"] if os.geteuid() == 0 else [])]
    # Environments are there, other tests use the cache, and the action's step has built.
    others = ("venv", "bundle cache prune --unused 2h", "export PATH")
    rest = [step for step in steps if not any(word in step for word in others)]
    assert rest.pop(0) == "bundle --json > bundle-report.json"

    for step in rest:
        done = subprocess.run(["bash", "-e", "-c", step], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    listed = (tmp_path / "dist" / "SHA256SUMS").read_text().split()[1::2]
    assert {name.partition("-")[0] for name in listed} == set(NAMES)
    assert os.geteuid() != 0 or sorted(done.stdout.splitlines()) == [f"{name} 1.2" for name in NAMES]
