"""The action and the recipes of docs/ci.md: their YAML is valid, and their shell steps do what they say.

Costs two installations, and three small binaries with an empty cache and again with a full one.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from bundler.cache import Cache
from bundler.cache_limit import entries
from bundler.elf import MACHINES, Machine
from tests.support import EXAMPLES, ROOT, Interpreter

ACTION = ROOT / "action.yml"
PAGE = ROOT / "docs" / "ci.md"
SCRIPTS = Path(sysconfig.get_path("scripts"))
NAMES = ("slug", "tally", "wrap")


SCHEMAS = {"GitHub": "github-workflows", "GitLab": "gitlab-ci"}


def blocks() -> Iterator[tuple[str, str]]:
    """The YAML of the page, each with the heading of its section."""
    for text in re.split(r"^## ", PAGE.read_text(), flags=re.MULTILINE)[1:]:
        for found in re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            yield text.partition("\n")[0], found


def recipes() -> Mapping[str, str]:
    """The recipes of the page, by the headings of their sections."""
    return dict(blocks())


def test_recipes_are_whole():
    """A section has one recipe, which is checked; nothing is left to be put together by hand."""
    assert [title for title, _ in blocks()] == list(SCHEMAS)
    rest = re.sub(r"^```yaml\n.*?^```$", "", PAGE.read_text(), flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"^ {4,}[\w-]+:.*$", rest, re.MULTILINE) == []


@pytest.mark.parametrize(
    ("schema", "text"),
    [("github-actions", ACTION.read_text()), *((SCHEMAS.get(title, title), text) for title, text in blocks())],
    ids=["action", *(title for title, _ in blocks())],
)
def test_yaml_is_valid(tmp_path: Path, schema: str, text: str):
    """The recipes and the action are valid by the schemas of their services."""
    file = tmp_path / "file.yml"
    file.write_text(text)
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


def of_a_machine(home: Path) -> dict[str, str]:
    """The environment of a job: a home of its own, no environment of Python, and no bundle or cache of whoever runs the tests."""
    left_out = ("VIRTUAL_ENV", "SOURCE_DATE_EPOCH", "BUNDLER_CACHE_DIR", "PYTHONPATH")
    home.mkdir(exist_ok=True)
    folders = [folder for folder in os.environ["PATH"].split(":") if Path(folder).resolve() != SCRIPTS.resolve()]
    rest = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**rest, "HOME": str(home), "PATH": ":".join(folders)}


class Runner:
    """Runs the shell steps of the action as GitHub does: expressions are filled in, files carry variables and outputs."""

    def __init__(self, folder: Path, inputs: Mapping[str, str]) -> None:
        self._folder = folder
        self._steps = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
        self._values = {"github.action_path": str(ROOT), "inputs.python": sys.executable}
        self._values.update((f"inputs.{name}", value) for name, value in inputs.items())
        for name in ("output", "path", "env"):
            (folder / name).touch()

    def run(self, name: str) -> str:
        """Run the step of this name; what it printed."""
        [step] = [step for step in self._steps if step["name"] == name]
        own = {key: self._filled(value) for key, value in step.get("env", {}).items()}
        machine = of_a_machine(self._folder / "home")
        added = reversed((self._folder / "path").read_text().splitlines())
        environment = {
            **machine,
            "PATH": ":".join((*added, machine["PATH"])),
            "RUNNER_TEMP": str(self._folder),
            **{f"GITHUB_{key.upper()}": str(self._folder / key) for key in ("output", "path", "env")},
            **self.variables,
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

    @property
    def variables(self) -> dict[str, str]:
        """What steps have set for those that follow."""
        return dict(re.findall(r"^(\w+)=(.*)$", (self._folder / "env").read_text(), re.MULTILINE))

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

    @property
    def bundle(self) -> Path:
        """The command that the action has installed."""
        return self._folder / "bundler" / "bin" / "bundle"

    def output(self, name: str) -> str:
        return self._values[f"steps.build.outputs.{name}"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, one_interpreter: Interpreter) -> tuple[Path, Runner]:
    """The sample project, built by the steps of the action with an empty cache, as on a new machine."""
    folder = tmp_path_factory.mktemp("ci")
    project = toolbox(folder, one_interpreter.python)
    runner = Runner(folder, {"arguments": "--quiet", "working-directory": str(project), "smoke-test": "--version"})
    runner.run("Install bundler")
    runner.run("Build")
    return project, runner


def after_build(folder: Path) -> Runner:
    """A runner of the action, as it is when bundler is installed and has built `app` in a folder."""
    (folder / "report.json").write_text('{"programs": [{"output": "app"}]}')
    runner = Runner(folder, {"working-directory": str(folder), "smoke-test": "--version"})
    (folder / "bundler" / "bin").mkdir(parents=True)
    (folder / "bundler" / "bin" / "python").symlink_to(sys.executable)
    (folder / "output").write_text(f"report={folder / 'report.json'}\n")
    runner.take_outputs("build")
    return runner


def test_what_the_action_installs(built: tuple[Path, Runner]):
    """The action installs the checkout that it is part of, apart from the project, and keeps the cache where it is restored."""
    project, runner = built
    steps = {step["name"]: step for step in yaml.safe_load(ACTION.read_text())["runs"]["steps"]}
    temporary = project.parent
    restored = steps["Restore compiled modules"]["with"]["path"].replace("${{ runner.temp }}", str(temporary))
    python = temporary / "bundler" / "bin" / "python"
    asked: list[str | Path] = [python, "-c", "import bundler; print(bundler.__file__)"]
    place = subprocess.run(asked, cwd=temporary, capture_output=True, text=True, check=True).stdout

    assert (temporary / "path").read_text() == f"{python.parent}\n"
    assert runner.variables == {"BUNDLER_CACHE_DIR": restored}
    assert any(Path(restored).iterdir())
    assert place.startswith(f"{temporary / 'bundler' / 'lib'}/")
    assert not (temporary / "home" / ".cache" / "bundler").exists()


def test_what_the_action_keeps(built: tuple[Path, Runner]):
    """What this build used stays in the cache; what it did not use for longer goes."""
    _, runner = built
    cache = Cache(Path(runner.variables["BUNDLER_CACHE_DIR"]))
    used = [entry.paths for entry in entries(cache)]
    before = time.time() - 3 * 3600
    cache.put("frozen", "00abc", 1, {})
    os.utime(cache.path("frozen", "00abc", ".json"), (before, before))

    runner.run("Keep only what this build used")

    assert len(used) > 100
    assert sorted(entry.paths for entry in entries(cache)) == sorted(used)


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
        verified = subprocess.run(
            [runner.bundle, "verify", project / "dist" / name], capture_output=True, text=True, check=True
        )
        assert verified.stdout.startswith(f"{project / 'dist' / name}: intact: ")
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
    runner = after_build(tmp_path)

    assert "started" in runner.run("Try the binaries in an empty root")
    runner.set_input("smoke-test", "fail")
    with pytest.raises(AssertionError):
        runner.run("Try the binaries in an empty root")


def other_machine() -> Machine:
    """A processor that this machine does not have."""
    return next(machine for machine in MACHINES.values() if machine.python_name != platform.machine())


def test_a_binary_for_another_processor(tmp_path: Path):
    """One that was built with `--target` cannot be started on the machine, and the step says so."""
    (tmp_path / "app").write_bytes(b"\x7fELF" + bytes(14) + other_machine().number.to_bytes(2, "little"))
    runner = after_build(tmp_path)

    assert runner.run("Try the binaries in an empty root") == "app is for another processor and is not started here\n"


def gitlab_variables(project: Path) -> dict[str, str]:
    """The variables of the recipe, as GitLab sets them; `BUNDLER` is the checkout, as the page allows."""
    told = yaml.safe_load(recipes()["GitLab"])["variables"]
    return {
        **{name: value.replace("$CI_PROJECT_DIR", str(project)) for name, value in told.items()},
        "BUNDLER": str(ROOT),
        "CI_PROJECT_DIR": str(project),
        "CI_COMMIT_TIMESTAMP": "2026-01-02T03:04:05+00:00",
    }


@pytest.mark.proof
def test_the_steps_for_gitlab(built: tuple[Path, Runner], tmp_path: Path, one_interpreter: Interpreter):
    """All steps of both jobs run in a project that has nothing yet but a cache; checksums are right, binaries start."""
    _, runner = built
    jobs = yaml.safe_load(recipes()["GitLab"])
    project = tmp_path / "toolbox"
    shutil.copytree(EXAMPLES / "toolbox", project)
    [kept] = jobs["binaries"]["cache"]["paths"]
    shutil.copytree(runner.variables["BUNDLER_CACHE_DIR"], project / kept)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(one_interpreter.base)
    machine = of_a_machine(tmp_path / "home")
    environment = {**machine, **gitlab_variables(project), "PATH": f"{tmp_path / 'bin'}:{machine['PATH']}"}
    # What the other machine of the matrix has made is there too.
    other = project / "built-other" / "dist" / "slug"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"\x7fELF" + bytes(14) + other_machine().number.to_bytes(2, "little"))
    other.chmod(0o755)

    printed = {}
    for job in ("binaries", *(["empty-root"] if os.geteuid() == 0 else [])):
        # One shell for all steps of a job; it stops at the first that fails.
        command = ["bash", "-e", "-o", "pipefail", "-c", "\n".join(jobs[job]["script"])]
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        printed[job] = done.stdout

    folder = project / f"built-{platform.machine()}"
    assert json.loads((folder / "bundle-report.json").read_text())["status"] == 0
    assert environment["BUNDLER_CACHE_DIR"] == str(project / kept)
    listed = (folder / "dist" / "SHA256SUMS").read_text().split()[1::2]
    assert {name.partition("-")[0] for name in listed} == set(NAMES)
    assert all(f"{name}: OK" in printed["binaries"] for name in NAMES)
    started = [f"{name} 1.2" for name in NAMES]
    left_out = "built-other/dist/slug is for another processor and is not started here"
    assert os.geteuid() != 0 or sorted(printed["empty-root"].splitlines()) == [left_out, *started]


def test_processors_of_gitlab():
    """Jobs of different processors share no cache and write no equal names, for later jobs unpack the artifacts of all."""
    jobs = yaml.safe_load(recipes()["GitLab"])
    job = jobs["binaries"]

    assert jobs["empty-root"]["parallel"] == job["parallel"]
    assert jobs["empty-root"]["tags"] == job["tags"] == ["$RUNNER"]
    assert job["cache"]["key"] == "bundler-$RUNNER"
    assert job["artifacts"]["paths"] == ["built-*"]


def test_what_is_released(built: tuple[Path, Runner], tmp_path: Path):
    """Files of both processors have other names in the release; each archive goes there with its checksum and bill of materials."""
    [job] = yaml.safe_load(recipes()["GitHub"])["jobs"].values()
    artifact = next(step["with"]["artifact"] for step in job["steps"] if "artifact" in step.get("with", {}))
    [step] = [step for step in job["steps"] if step.get("name") == "Upload to the release"]
    (tmp_path / "gh").write_text('#!/bin/sh\nfor word; do echo "$word"; done\n')
    (tmp_path / "uname").write_text('#!/bin/sh\necho "$PROCESSOR"\n')
    for program in ("gh", "uname"):
        (tmp_path / program).chmod(0o755)
    here = built[1].output("files")

    released = {}
    for machine in MACHINES.values():
        processor = machine.python_name
        folder = tmp_path / processor
        folder.mkdir()
        for path in here.splitlines():
            (folder / Path(path).name.replace(f"linux-{platform.machine()}", f"linux-{processor}")).touch()
        variables = {"GITHUB_REF_NAME": "v1.2", "PROCESSOR": processor, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            cwd=folder,
            env={**variables, "FILES": "\n".join(str(path) for path in folder.iterdir() if path.is_file())},
            capture_output=True,
            text=True,
            check=True,
        )
        command, *files = done.stdout.partition("upload/")[0].split(), *re.findall(r"upload/(\S+)", done.stdout)
        assert command == ["release", "upload", "v1.2", "--clobber"]
        released[processor] = set(files)

    ends = ("-1.2-linux-{}.tar.gz", "-1.2-linux-{}.tar.gz.sha256", "-linux-{}.cdx.json")
    for processor, names in released.items():
        assert names == {f"{name}{end.format(processor)}" for name in NAMES for end in ends}
    assert artifact == "binaries-${{ runner.arch }}"


def test_recipes_and_readme_agree():
    """The recipes take bundler from the place that README names, and from nowhere where it is not."""
    used = re.findall(r"uses: (OWNER/bundler)@", recipes()["GitHub"])
    source = yaml.safe_load(recipes()["GitLab"])["variables"]["BUNDLER"]

    assert source == "git+https://github.com/OWNER/bundler"
    assert [f"git+https://github.com/{place}" for place in used] == [source]
    assert source in (ROOT / "README.md").read_text()
