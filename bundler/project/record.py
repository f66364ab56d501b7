"""Adds options to a file that users write, and leaves the rest of it as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING

from bundler.cache import write_atomically
from bundler.errors import BundleError
from bundler.project.document import find_project_file
from bundler.project.header import BLOCK, commented, uncommented
from bundler.project.options import PROGRAMS

if TYPE_CHECKING:
    from tomlkit import TOMLDocument
    from tomlkit.items import Array


def record(
    additions: Mapping[str, Iterable[str]], start: Path, *, program: str | None = None, script: Path | None = None
) -> Path:
    """Add to lists in `[tool.bundle]` of the nearest pyproject.toml, or of a new one in `start`; the path of the file.

    They go into the table of the program if it has one of its own; into the header of a script that has one. BundleError
    when it has lost it.
    """
    if script is not None:
        return _record_in_header(additions, script)
    file = find_project_file(start) or start / "pyproject.toml"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    write_atomically(file, _with(additions, text, program).encode())
    return file


def _record_in_header(additions: Mapping[str, Iterable[str]], script: Path) -> Path:
    text = script.read_text(encoding="utf-8")
    block = BLOCK.search(text)
    if block is None:  # it had one before the program ran
        raise BundleError(
            "file-changed",
            f"`{script}` lost its header while the program ran",
            hint="run bundle again when nothing writes to the file",
        )
    toml = _with(additions, uncommented(block["content"]))
    changed = text[: block.start("content")] + commented(toml) + text[block.end("content") :]
    write_atomically(script, changed.encode(), mode=script.stat().st_mode & 0o777)
    return script


def _with(additions: Mapping[str, Iterable[str]], text: str, program: str | None = None) -> str:
    import tomlkit  # seldom needed, and no small import

    document = tomlkit.parse(text)
    section = _section(document, program)
    for key, values in additions.items():
        new = [value for value in values if value not in section.get(key, ())]
        if new:
            array = section.setdefault(key, tomlkit.array())
            array.extend(new)
            array.multiline(True)
    return tomlkit.dumps(document)


def _section(document: TOMLDocument, program: str | None) -> MutableMapping[str, Array]:
    """The table to add to, as far as it holds lists."""
    import tomlkit

    tool = document.setdefault("tool", tomlkit.table(is_super_table=True))
    section = tool.setdefault("bundle", tomlkit.table())
    own = (each for each in section.get(PROGRAMS, ()) if program is not None and each.get("name") == program)
    return next(own, section)
