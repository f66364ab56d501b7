"""One subject: its environment, its binary, and its use in both forms."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.compatibility.subjects import Subject
from tests.support import BUNDLE_ROOT, ROOT, Interpreter, Outcome, Program, find_interpreter, plain_environment, run

ENVIRONMENTS = ROOT / ".venvs"

WORKS = "works"


@dataclass(frozen=True)
class Row:
    """One line of the page."""

    name: str
    version: str
    python: str
    does: str
    result: str  # WORKS, or what failed
    size: str

    @property
    def works(self) -> bool:
        return self.result == WORKS


def attempt(subject: Subject, keep: Path | None) -> tuple[Row, str]:
    """What came of it; with details when it failed."""
    interpreter = _interpreter(subject)
    version = _version(interpreter, re.split("[=<>!~;@ [\\[]", subject.requirements[0])[0])
    with _folder(keep, subject.name) as folder:
        source, arguments = _entry(subject, interpreter, folder)
        binary = folder / "binary" / source.name
        command = (Path(sysconfig.get_path("scripts"), "bundle"), *arguments, "--python", interpreter.python)
        built = subprocess.run([*command, "-o", binary], capture_output=True, text=True, check=False)
        if built.returncode:
            row = Row(subject.name, version, subject.python, subject.does, subject.failure or "is not built", "")
            return row, built.stderr
        program = Program(interpreter, source, binary)
        details = _difference(subject, program, folder)
        size = f"{binary.stat().st_size / 1e6:.0f} MB"
        result = (subject.failure or "behaves differently") if details else WORKS
        return Row(subject.name, version, subject.python, subject.does, result, size), details


@contextmanager
def _folder(keep: Path | None, name: str) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="compatibility-") as made:
            yield Path(made)
    else:
        shutil.rmtree(keep / name, ignore_errors=True)
        (keep / name).mkdir(parents=True)
        yield keep.absolute() / name


def _interpreter(subject: Subject) -> Interpreter:
    """A virtual environment with what the subject requires, made now unless an earlier run has made it."""
    base = find_interpreter(subject.python)
    assert base is not None, f"there is no Python {subject.python}"
    key = hashlib.sha256("\n".join((str(base), *subject.requirements)).encode()).hexdigest()[:8]
    folder = ENVIRONMENTS / f"{subject.name}-{subject.python}-{key}"
    if not (folder / "finished").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([base, "-m", "venv", folder], check=True)
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        pip: list[str | Path] = [folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *subject.requirements], check=True, env=env)
        (folder / "finished").touch()
    return Interpreter(subject.python, base, folder)


def _version(interpreter: Interpreter, name: str) -> str:
    code = f"import importlib.metadata; print(importlib.metadata.version({name!r}))"
    return run([interpreter.python, "-c", code]).stdout.decode().strip()


def _entry(subject: Subject, interpreter: Interpreter, folder: Path) -> tuple[Path, tuple[str | Path, ...]]:
    """What runs under Python, and how it is named to `bundle`."""
    if subject.script:
        return interpreter.script(subject.script), ("--script", subject.script)
    if subject.module:
        source = folder / f"run_{subject.module}.py"
        source.write_text(f"import runpy\nrunpy.run_module({subject.module!r}, run_name='__main__', alter_sys=True)\n")
        return source, ("-m", subject.module)
    source = folder / f"{subject.name.replace('-', '_')}_program.py"
    source.write_text(subject.program)
    return source, (source,)


def _difference(subject: Subject, program: Program, folder: Path) -> str:
    """How the two forms differ; "" when they do not."""
    expected, wanted_files = _used(subject, program.original, folder / "python" / "work")
    found, found_files = _used(subject, (program.binary,), folder / "bundled" / "work")
    lines = []
    for arguments, one, other in zip(subject.runs, expected, found, strict=True):
        ours, theirs = _visible(subject, program, other, folder), _visible(subject, program, one, folder)
        if ours != theirs:
            lines += [f"--- {' '.join(arguments)}", "expected:", *theirs, "found:", *ours]
    if wanted_files != found_files:
        lines.append(f"files differ: {[name for name in wanted_files if wanted_files[name] != found_files[name]]}")
    return "\n".join(lines)


def _used(subject: Subject, command: tuple[Path, ...], folder: Path) -> tuple[list[Outcome], dict[str, bytes | None]]:
    folder.mkdir(parents=True)
    home = folder.with_name("home")
    home.mkdir()
    for name, text in subject.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    environment = plain_environment(HOME=str(home), COLUMNS="100", PYTHONHASHSEED="0")
    outcomes = [_run([*command, *arguments], subject, environment, folder) for arguments in subject.runs]
    outputs = {name: (folder / name).read_bytes() if (folder / name).is_file() else None for name in subject.outputs}
    return outcomes, outputs


def _run(command: Sequence[str | Path], subject: Subject, environment: dict[str, str], folder: Path) -> Outcome:
    """Run to the end, or for two minutes; then it ends with every process that it started."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, cwd=folder, start_new_session=True
    )
    try:
        stdout, stderr = process.communicate(subject.stdin.encode(), timeout=120)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        stdout, stderr = process.communicate()
        return Outcome(-1, stdout, stderr + b"it hangs")
    return Outcome(process.returncode, stdout, stderr)


def _visible(subject: Subject, program: Program, outcome: Outcome, folder: Path) -> list[str]:
    """What a user sees, without what may differ."""
    texts = [f"status {outcome.status}", program.normalise(outcome.stdout), program.normalise(outcome.stderr)]
    return [_masked(subject, text, folder) for text in texts]


def _masked(subject: Subject, text: str, folder: Path) -> str:
    """A text without the names of the two working folders, and without what may differ.

    The script that calls a program's function is made by pip in the one form, by us in the other. Frames of the import
    system are those of another finder.
    """
    for form in ("python", "bundled"):
        text = text.replace(str(folder / form), "<folder>")
    if subject.script:
        text = re.sub(rf'({BUNDLE_ROOT}/{re.escape(subject.script)}(?:", line |:))\d+', r"\1<line>", text)
    text = re.sub(r'  File "<frozen importlib[^\n]*\n', "", text)
    for pattern in subject.ignore:
        text = re.sub(pattern, "<ignored>", text)
    return text
