"""`bundle completion`: shells complete commands, options, values and files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from bundler.cli import main
from bundler.cli.commands import parsers
from bundler.completion import SHELLS, script

CASES = [
    (["--snap"], {"--snapshot"}),
    (["--snapshot", ""], {"auto", "require", "no"}),
    (["doct"], {"doctor"}),
    (["cache", ""], {"dir", "prune", "clean"}),
    (["plan", "--hid"], {"--hidden-import"}),
    (["inspect", "--js"], {"--json"}),
]

BASH = """
source "$1"; shift
COMP_WORDS=(bundle "$@"); COMP_CWORD=$#; COMPREPLY=()
_shtab_bundle bundle "${COMP_WORDS[COMP_CWORD]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script of each shell, by the shell's name."""
    folder = tmp_path_factory.mktemp("completion")
    for shell in SHELLS:
        (folder / shell).write_text(script(shell, parsers()))
    return folder


def run(*command: str | Path, cwd: Path | None = None) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts_are_valid(scripts: Path, shell: str):
    """Each shell can parse its script."""
    if shutil.which(shell) is None:
        pytest.skip(f"`{shell}` is not installed")

    assert run(shell, "-n", scripts / shell) == []


@pytest.mark.parametrize(("words", "expected"), CASES)
def test_bash(scripts: Path, words: list[str], expected: set[str]):
    """Bash completes the last word."""
    assert set(run("bash", "-c", BASH, "bash", scripts / "bash", *words)) == expected
    assert "complete -o default" in (scripts / "bash").read_text()  # files are the shell's own


@pytest.mark.skipif(shutil.which("fish") is None, reason="`fish` is not installed")
@pytest.mark.parametrize(("words", "expected"), [*CASES, (["ap"], {"app.py"})])
def test_fish(scripts: Path, tmp_path: Path, words: list[str], expected: set[str]):
    """So does fish, with files in the place of TARGET."""
    (tmp_path / "app.py").touch()
    line = f"bundle {' '.join(words)}"
    shown = run("fish", "-c", f"source {scripts / 'fish'}; complete -C '{line}'", cwd=tmp_path)

    assert {row.partition("\t")[0] for row in shown} == expected


def test_every_option_is_there(scripts: Path):
    """No command or option of any parser is missing in a script."""
    for shell in SHELLS:
        text = (scripts / shell).read_text()
        for command, parser in parsers().items():
            assert command in text
            for action in parser._actions:
                assert all(name.lstrip("-") in text for name in action.option_strings)


def test_the_command(capsys: pytest.CaptureFixture[str]):
    """The script is standard output; a shell that is not known is wrong usage."""
    assert main(["completion", "bash"]) == 0
    assert "_shtab_bundle" in capsys.readouterr().out
    assert main(["completion", "cmd"]) == 2
