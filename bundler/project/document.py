"""Finds and parses the TOML that options stand in."""

from __future__ import annotations

import os
import re
from pathlib import Path

import tomli

from bundler.errors import BundleError
from bundler.project.model import Document
from bundler.values import is_path


def project_folder(target: str | None, here: Path) -> Path:
    """The folder in which the search for the project's file begins: TARGET's if that is a path, else `here`."""
    if target is not None and is_path(target, here):
        path = here / target
        return path if path.is_dir() else path.parent
    return here


def find_project_file(start: Path) -> Path | None:
    """The nearest pyproject.toml in `start` or a folder above it; relative when it is below the current folder."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if os.path.isfile(folder / "pyproject.toml"):  # noqa: PTH113  # Path's raises where it may not look
            file = folder / "pyproject.toml"
            here = Path.cwd()
            return file.relative_to(here) if file.is_relative_to(here) else file
    return None


def read_document(file: Path) -> Document:
    """The document in a file; BundleError when it is not valid."""
    try:
        return parse(file, file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BundleError(
            "unreadable",
            f"`{file}` cannot be read: {error.strerror}",
            hint="options stand in the nearest pyproject.toml: correct its permissions",
        ) from error
    except UnicodeDecodeError as error:
        raise _invalid(file, str(error)) from error


def parse(file: Path, text: str) -> Document:
    """The document that a text is; BundleError when it is not valid."""
    try:
        return Document(file, text, tomli.loads(text))
    except tomli.TOMLDecodeError as error:
        raise _invalid(file, str(error)) from error


def _invalid(file: Path, problem: str) -> BundleError:
    found = re.search(r" \(at line (\d+), column \d+\)$", problem)
    where = f"{file}:{found[1]}" if found else str(file)
    reason = problem[: found.start()] if found else problem
    hint = "correct the line, or remove it to see whether others are in error"
    return BundleError("bad-toml", f"`{file.name}` is not valid TOML: {reason}", where=where, hint=hint)
