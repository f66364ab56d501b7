"""Finds the Python to embed: by a path, a command or a version, or the one of an environment that is in use."""

from __future__ import annotations

import contextlib
import re
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bundler.errors import Diagnostic, Severity, warning

if TYPE_CHECKING:
    from bundler.environments import Manager

_VERSION = re.compile(r"(?:python)?(\d+\.\d+(?:\.\d+)?)")

# Folders of uv, such as `cpython-3.13.1-linux-x86_64-gnu`. Builds of other kinds have more in the second part.
_UV_FOLDER = re.compile(r"cpython-(\d+\.\d+\.\d+)-linux-.*")


@dataclass(frozen=True, slots=True)
class DefaultPython:
    """The Python that is used when none is asked for. `findings`: which environment it is of, or why not of another."""

    path: Path
    findings: tuple[Diagnostic, ...] = ()


def find_python(name: str, folder: Path, variables: Mapping[str, str]) -> Path:
    """The interpreter that `--python` names; ValueError, with words for the user, when it is a version that is not there.

    `name`: a path relative to `folder`, the folder of an environment, a command on PATH, or a version such as `3.13`.
    A path that leads nowhere is returned as it is.
    """
    path = folder / name
    if path.is_dir():
        return python_of(path)
    if "/" in name or path.exists():
        return path
    version = _VERSION.fullmatch(name)
    if version is not None:
        return _find_version(version[1], variables)
    found = shutil.which(name, path=variables.get("PATH"))
    return Path(found) if found else path


def default_python(
    variables: Mapping[str, str], folders: Sequence[Path], manager: Manager | None = None
) -> DefaultPython:
    """The Python of the active virtual or conda environment, else of `.venv` in a folder, else the one that runs us.

    The first folder is the project's. Without a `.venv` its manager is asked for the environment.
    """
    stale: list[Diagnostic] = []
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if variables.get(variable):
            python = python_of(Path(variables[variable]))
            if python.exists():
                return DefaultPython(python, tuple(stale))
            stale.append(_stale(variable, python))
    for environment in (folder / ".venv" for folder in folders):
        if environment.resolve() == Path(sys.prefix):
            break
        python = python_of(environment)
        if python.exists() or python.is_symlink():  # a broken link is an error when it is used
            note = Diagnostic(Severity.NOTE, "environment", f"no environment is active: `{environment}` is used")
            return DefaultPython(python, (*stale, note))
    managed = None
    if manager is not None:
        from bundler.environments import managed_python  # starts processes, which `bundle --version` does not

        managed = managed_python(manager, folders[0], variables)
    if manager is not None and managed is not None:
        text = f"no environment is active: `{managed.parent.parent}` is used, which {manager.name} made"
        return DefaultPython(managed, (*stale, Diagnostic(Severity.NOTE, "environment", text)))
    return DefaultPython(Path(sys.executable), tuple(stale))


def fitting_pythons(variables: Mapping[str, str], versions: Iterable[str]) -> Iterator[Path]:
    """Interpreters of these versions ("3.13"), on PATH and in the folders of pyenv and uv, as far as they are there."""
    for version in versions:
        with contextlib.suppress(ValueError):
            yield _find_version(version, variables)


def every_python(variables: Mapping[str, str], versions: Collection[str]) -> Iterator[Path]:
    """All interpreters of these versions ("3.13"), in the folders of PATH, pyenv and uv, each once."""
    folders = variables.get("PATH", "").split(":")
    on_path = (found for version in versions for folder in folders if (found := _on_path(version, {"PATH": folder})))
    installed = (path for parts, path in sorted(_installed(variables)) if ".".join(map(str, parts[:2])) in versions)
    seen: set[Path] = set()
    for path in (*on_path, *installed):
        if path.resolve() not in seen:
            seen.add(path.resolve())
            yield path


def python_of(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    return environment / "bin" / "python"


def broken_link(path: Path) -> Path | None:
    """The missing file that a link leads to, directly or by other links; None if nothing is missing."""
    if path.exists() or not path.is_symlink():
        return None
    target = path.resolve()  # of a chain of links, the end
    return None if target == path else target


def _stale(variable: str, python: Path) -> Diagnostic:
    target = broken_link(python)
    what = f"`{python}` is a broken link to `{target}`" if target is not None else f"there is no `{python}`"
    return warning(
        "stale-environment",
        f"the environment that {variable} names does not work and is not used: {what}",
        hint=f"make the environment anew, unset {variable}, or name another with `--python PATH`",
    )


def _find_version(version: str, variables: Mapping[str, str]) -> Path:
    """The newest interpreter of a version, "3.13" or "3.13.1"; ValueError when there is none."""
    on_path = _on_path(version, variables)
    if on_path is not None:
        return on_path
    installed = sorted(_installed(variables))
    wanted = _parts(version)
    matching = [path for parts, path in installed if parts[: len(wanted)] == wanted]
    if matching:
        return matching[-1]
    listed = ", ".join(".".join(map(str, parts)) for parts in dict.fromkeys(parts for parts, _ in installed))
    others = f", where there are {listed}" if listed else ""
    raise ValueError(f"there is no Python {version} on PATH, nor in the folders of pyenv and uv{others}")


def _on_path(version: str, variables: Mapping[str, str]) -> Path | None:
    """The command `python3.13`; None for a shim of pyenv, which refuses versions that are installed but not chosen."""
    found = shutil.which(f"python{version}", path=variables.get("PATH"))
    return Path(found) if found and Path(found).parent.name != "shims" else None


def _installed(variables: Mapping[str, str]) -> Iterator[tuple[tuple[int, ...], Path]]:
    """Versions in the folders of pyenv and uv, each with its interpreter."""
    home = Path(variables.get("HOME", "/"))
    pyenv = Path(variables.get("PYENV_ROOT") or home / ".pyenv") / "versions"
    data = Path(variables.get("XDG_DATA_HOME") or home / ".local" / "share")
    uv = Path(variables.get("UV_PYTHON_INSTALL_DIR") or data / "uv" / "python")
    for folder in (*pyenv.glob("*"), *uv.glob("*")):
        found = _VERSION.fullmatch(folder.name) or _UV_FOLDER.fullmatch(folder.name)
        python = folder / "bin" / "python3"
        if found is not None and python.exists():
            yield _parts(found[1]), python


def _parts(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))
