"""One subject: its environment, its binary, and its use in both forms."""

from __future__ import annotations

import difflib
import re
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.compatibility.environments import environment_with
from tests.compatibility.page import WORKS, Page, Row
from tests.compatibility.subjects import Subject
from tests.compatibility.uses import Place, Use, run_to_end, serve, show
from tests.support import BUNDLE_ROOT, Interpreter, Program, inspect, needed_glibc, plain_environment, run

# The folders in which the program is used; the names have one length, for programs that fill lines up behind a path.
FORMS = ("python", "frozen")

# Of a page of what subjects were put to.
_COLUMNS = ("name", "version", "Python", "binary", "glibc", "what was done", "result")


@dataclass(frozen=True)
class Trial:
    """A subject's program in both forms, and a folder to use it in. `output`: what the build said."""

    subject: Subject
    version: str
    program: Program
    folder: Path
    status: int
    output: str

    @property
    def hash_seed(self) -> int | None:
        """The secret of hashes that starts from the binary's snapshot have; None: it has no snapshot."""
        snapshot = inspect(self.program.binary)["snapshot"]
        return int(snapshot["hash_seed"]) if snapshot else None


def page_of_uses(path: Path, head: str) -> Page:
    """A page of what subjects were put to."""
    return Page(path, head, _COLUMNS)


def attempt(subject: Subject, keep: Path | None) -> tuple[tuple[Row], str]:
    """What came of it; with details when it failed."""
    with built(subject, keep) as trial:
        details = trial.output if trial.status else difference(trial)
        return (row_of_uses(trial, details),), details


def row_of_uses(trial: Trial, details: str) -> Row:
    """The line of such a page. `details`: how the two forms differ."""
    subject = trial.subject
    known = (subject.name, trial.version, subject.python)
    if trial.status:
        return Row((*known, "", "", subject.does, subject.failure or "is not built"))
    size = f"{trial.program.binary.stat().st_size / 1e6:.0f} MB"
    result = (subject.failure or "behaves differently") if details else WORKS
    needs = needed_glibc(inspect(trial.program.binary))
    return Row((*known, size, needs, subject.does, result))


@contextmanager
def built(subject: Subject, keep: Path | None, *options: str) -> Iterator[Trial]:
    """The subject in both forms; `options` of `bundle` are for the lane's own sake."""
    interpreter = environment_with(subject.name, subject.python, subject.requirements)
    version = _version(interpreter, re.split("[=<>!~;@ [\\[]", subject.requirements[0])[0])
    with _folder(keep, subject.name) as folder:
        source, arguments = _entry(subject, interpreter, folder)
        binary = folder / "binary" / source.name
        command = (Path(sysconfig.get_path("scripts"), "bundle"), *arguments, "--python", interpreter.python)
        done = subprocess.run([*command, *options, "-o", binary], capture_output=True, text=True, check=False)
        program = Program(interpreter, source, binary)
        yield Trial(subject, version, program, folder, done.returncode, done.stderr)


@contextmanager
def _folder(keep: Path | None, name: str) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="compatibility-") as made:
            yield Path(made)
    else:
        shutil.rmtree(keep / name, ignore_errors=True)
        (keep / name).mkdir(parents=True)
        yield keep.absolute() / name


def _version(interpreter: Interpreter, name: str) -> str:
    code = f"import importlib.metadata; print(importlib.metadata.version({name!r}))"
    return run([interpreter.python, "-c", code]).stdout.decode().strip()


def _entry(subject: Subject, interpreter: Interpreter, folder: Path) -> tuple[Path, tuple[str | Path, ...]]:
    """What runs under Python, and how it is named to `bundle`."""
    if subject.script:
        return interpreter.script(subject.script), ("--script", subject.script)
    if subject.app:
        shutil.copytree(subject.app.parent, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
        source = folder / "source" / subject.app.name
        return source, (source,)
    if subject.module:
        source = folder / f"run_{subject.module}.py"
        source.write_text(f"import runpy\nrunpy.run_module({subject.module!r}, run_name='__main__', alter_sys=True)\n")
        return source, ("-m", subject.module)
    source = folder / f"{subject.name.replace('-', '_')}_program.py"
    source.write_text(subject.program)
    return source, (source,)


def difference(trial: Trial) -> str:
    """How the two forms differ; "" when they do not. Hashes are the same in both."""
    subject, program, folder = trial.subject, trial.program, trial.folder
    seed = trial.hash_seed
    hashes = {"PYTHONHASHSEED": str(seed or 0)}
    expected, wanted_files = _used(subject, program.original, folder / FORMS[0] / "work", hashes)
    if subject.app:  # what the binary needs is in it
        program.source.parent.rename(folder / "put away")
    found, found_files = _used(subject, (program.binary,), folder / FORMS[1] / "work", {} if seed else hashes)
    lines = []
    for one, other in zip(expected, found, strict=True):
        ours, theirs = _visible(subject, program, other, folder), _visible(subject, program, one, folder)
        if ours != theirs:
            expected_lines, found_lines = ("\n".join(each).splitlines() for each in (theirs, ours))
            difference = difflib.unified_diff(expected_lines, found_lines, "python", "binary", lineterm="")
            lines += [f"=== {one.name}", *difference]
    if wanted_files != found_files:
        lines.append(f"files differ: {[name for name in wanted_files if wanted_files[name] != found_files[name]]}")
    return "\n".join(lines)


def make_place(subject: Subject, command: tuple[Path, ...], folder: Path, variables: Mapping[str, str]) -> Place:
    """A folder with the subject's files, a home folder beside it, and variables."""
    folder.mkdir(parents=True)
    home = folder.with_name("home")
    home.mkdir()
    for name, text in subject.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return Place(command, folder, plain_environment(HOME=str(home), COLUMNS="100", **variables))


def _used(
    subject: Subject, command: tuple[Path, ...], folder: Path, variables: Mapping[str, str]
) -> tuple[list[Use], dict[str, bytes | None]]:
    """What one form shows, and output files."""
    place = make_place(subject, command, folder, variables)
    uses = [run_to_end(place, arguments, subject.stdin) for arguments in subject.runs]
    uses += [use for arguments in subject.serve for use in serve(place, arguments, subject.requests)]
    uses += [use for arguments in subject.shown for use in show(place, arguments, subject.keys)]
    outputs = {name: (folder / name).read_bytes() if (folder / name).is_file() else None for name in subject.outputs}
    return uses, outputs


def _visible(subject: Subject, program: Program, use: Use, folder: Path) -> list[str]:
    """What a user sees, without what may differ."""
    outcome = use.outcome
    texts = [program.normalise(text) for text in (outcome.stdout, outcome.stderr)]
    lines = [_masked(subject, text, folder) for text in texts]
    if not use.is_ordered:
        lines = ["".join(sorted(text.splitlines(keepends=True))) for text in lines]
    return [f"status {outcome.status}", *lines]


def _masked(subject: Subject, text: str, folder: Path) -> str:
    """A text without the names of the two working folders, and without what may differ.

    The script that calls a program's function is made by pip in the one form, by us in the other. Frames of the import
    system are those of another finder.
    """
    for form in FORMS:
        text = text.replace(str(folder / form), "<folder>")
    if subject.script:
        text = re.sub(rf'({BUNDLE_ROOT}/{re.escape(subject.script)}(?:", line |:))\d+', r"\1<line>", text)
    text = re.sub(r'  File "<frozen importlib[^\n]*\n', "", text)
    for pattern in subject.ignore:
        text = re.sub(pattern, "<ignored>", text)
    return text
