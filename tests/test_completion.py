"""`bundle completion`: shells complete commands, options, values and files.

Each script is read by its shell, which completes the last of some words; zsh does it on a terminal only.
"""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import shtab

from bundler.cli import main
from bundler.cli.commands import parsers
from bundler.cli.usage import SHELLS, WORDS
from bundler.completion import script
from bundler.settings import COMMAND_LINE, ValueType

CASES = [
    (["--sbo"], {"--sbom"}),
    (["--snapshot", ""], {"auto", "require", "no"}),
    (["app.py", "--sbo"], {"--sbom"}),
    (["app.py", "--optimize", "2", "--snapshot", ""], {"auto", "require", "no"}),
    (["doct"], {"doctor"}),
    (["ap"], {"app.py"}),
    (["--snapshot", "auto", "ap"], {"app.py"}),
    (["--snapshot", "auto", "doct"], set()),  # commands stand first
    (["app.py", "ap"], set()),  # there is one TARGET
    (["--output", "ap"], {"app.py"}),
    (["--add-data", "ap"], {"app.py"}),
    (["--hidden-import", "ap"], set()),
    (["cache", ""], {"dir", "prune", "clean"}),
    (["cache", "prune", "--un"], {"--unused"}),
    (["plan", "--hid"], {"--hidden-import"}),
    (["plan", "ap"], {"app.py"}),
    (["why", "ap"], set()),  # a module
    (["why", "email", "ap"], {"app.py"}),
    (["trace", "words", "app.py", "--hid"], {"--hidden-import"}),
    (["inspect", "--js"], {"--json"}),
    (["inspect", "ap"], {"app.py"}),
    (["verify", "--against", "ap"], {"app.py"}),
    (["migrate", "ap"], {"app.py"}),
    (["completion", ""], set(SHELLS)),
]

BASH = """
source "$1"; shift
COMP_WORDS=(bundle "$@"); COMP_CWORD=$#; COMPREPLY=()
_bundle bundle "${COMP_WORDS[COMP_CWORD]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""

# Ctrl-T writes what zsh would list for the line so far into the file `found`, and ends the shell. `compadd` is what all
# completion ends in; with -A, -D and -O it only fills arrays.
ZSH = """
fpath=({functions} $fpath)
autoload -Uz compinit && compinit -D -u
compadd() {{
  if (( ! ${{argv[(I)-[ADO]]}} )); then
    local -a matching
    builtin compadd -O matching "$@"
    print -rl -- $matching >> {found}
  fi
  builtin compadd "$@"
}}
zle -C matches list-choices _main_complete
finish() {{ zle matches; exit }}
zle -N finish
bindkey '^T' finish
PS1='rea''dy'
"""
ZSH_SECONDS = 30


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script of each shell, by the shell's name."""
    folder = tmp_path_factory.mktemp("completion")
    for shell in SHELLS:
        (folder / shell).write_text(script(shell, parsers(), WORDS))
    return folder


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a program."""
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "app.py").touch()
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
def test_bash(scripts: Path, place: Path, words: list[str], expected: set[str]):
    """Bash completes the last word."""
    shown = run("bash", "-c", BASH, "bash", scripts / "bash", *words, cwd=place)

    assert set(filter(None, shown)) == expected
    assert "complete -o default -o bashdefault -F _bundle bundle" in (scripts / "bash").read_text()


@pytest.mark.skipif(shutil.which("fish") is None, reason="`fish` is not installed")
@pytest.mark.parametrize(("words", "expected"), CASES)
def test_fish(scripts: Path, place: Path, words: list[str], expected: set[str]):
    """Fish completes the last word."""
    line = f"bundle {' '.join(words)}"
    shown = run("fish", "-c", f"source {scripts / 'fish'}; complete -C '{line}'", cwd=place)

    assert {row.partition("\t")[0] for row in shown} == expected


@pytest.mark.skipif(shutil.which("zsh") is None, reason="`zsh` is not installed")
@pytest.mark.parametrize("loaded", ["from fpath", "by eval"])
@pytest.mark.parametrize(("words", "expected"), CASES)
def test_zsh(scripts: Path, place: Path, words: list[str], expected: set[str], loaded: str):
    """Zsh completes the last word, however the script is loaded, and nothing in the script fails."""
    functions, found = place.parent / "functions", place.parent / "found"
    functions.mkdir()
    if loaded == "from fpath":
        shutil.copy(scripts / "zsh", functions / "_bundle")
    setup = place.parent / "setup"
    setup.write_text(
        ZSH.format(functions=functions, found=found)
        + (f'eval "$(cat {scripts / "zsh"})"\n' if loaded == "by eval" else "")
    )
    line = f"bundle {' '.join(words)}"
    shown = type_in_zsh(setup, line, place)

    assert set(filter(None, found.read_text().splitlines() if found.exists() else ())) == expected, shown
    assert not any(complaint in shown for complaint in ("not found", "error", "invalid", "bad ")), shown


def type_in_zsh(setup: Path, line: str, cwd: Path) -> str:
    """The screen after a line and Ctrl-T were typed in a shell that read the file `setup`."""
    keyboard, terminal = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "HOME": str(cwd.parent), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        ["zsh", "-f", "-i"], stdin=terminal, stdout=terminal, stderr=terminal, cwd=cwd, env=environment
    ) as shell:
        os.close(terminal)
        os.write(keyboard, f"source {setup}\n".encode())
        shown, typed = b"", False
        try:
            for part in written(keyboard):
                shown += part
                if b"ready" in shown and not typed:
                    typed = True
                    os.write(keyboard, line.encode() + b"\x14")
        finally:
            shell.kill()
            os.close(keyboard)
    assert typed, shown
    return shown.decode()


def written(terminal: int) -> Iterator[bytes]:
    """What is written to a terminal until the last process there ends; fails when that takes too long."""
    end = time.monotonic() + ZSH_SECONDS
    while select.select([terminal], [], [], max(end - time.monotonic(), 0))[0]:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # EIO: nobody has the other side any more
            return
        yield part
    pytest.fail("zsh did not end")


def test_every_option_with_a_file_completes_it():
    """Arguments that are files or folders are completed as such, whatever help calls their values."""
    kinds = (ValueType.PATH, ValueType.PATHS, ValueType.DATA, ValueType.PYTHON, ValueType.TARGET)
    fields = {field for field, option in COMMAND_LINE.items() if option.kind in kinds}
    every = parsers()
    script("bash", every, WORDS)  # marks them
    actions = [action for parser in every.values() for action in parser._actions]
    meant = [each for each in actions if each.nargs != 0 and (each.dest in fields or each.type is Path)]

    assert len(meant) > len(fields)
    assert [action for action in meant if not hasattr(action, "complete")] == []


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


def test_another_shtab(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """A version of shtab whose scripts are others is an error that says which one to install."""
    monkeypatch.setattr(shtab, "complete", lambda parser, shell: "a script for nobody")

    assert main(["completion", "bash"]) == 1
    assert "error[unknown-shtab]: shtab " in capsys.readouterr().err
