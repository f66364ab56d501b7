"""The header of a script: a comment that holds TOML (inline script metadata, PEP 723)."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from bundler.errors import BundleError
from bundler.project.document import parse
from bundler.project.model import Document, Header
from bundler.settings import Requirements

# The pattern of PEP 723, for blocks of the type `script`.
BLOCK = re.compile(r"^# /// script$\s(?P<content>(^#(| .*)$\s)+)^# ///$", re.MULTILINE)


def read_header(script: Path) -> Header | None:
    """The header of a script; None if it has none, BundleError when the header is wrong."""
    try:
        text = script.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None  # a file that cannot be read is no script, which others tell
    blocks = list(BLOCK.finditer(text))
    if not blocks:
        return None
    if len(blocks) > 1:
        raise BundleError(
            "bad-header",
            f"`{script}` has {len(blocks)} headers `# /// script`",
            where=_place(script, text, blocks[1].start()),
            hint="keep one of them",
        )
    before = text[: blocks[0].start("content")]
    document = parse(script, "\n" * before.count("\n") + uncommented(blocks[0]["content"]))
    return Header(document, _requirements(document))


def uncommented(content: str) -> str:
    """The TOML in the lines of a header."""
    return "".join(
        line.removeprefix("# ") if line.startswith("# ") else line[1:] for line in content.splitlines(keepends=True)
    )


def commented(toml: str) -> str:
    """The lines of a header that hold this TOML."""
    return "".join(f"# {line}" if line.strip() else f"#{line}" for line in toml.splitlines(keepends=True))


def _place(script: Path, text: str, position: int) -> str:
    return f"{script}:{text.count(chr(10), 0, position) + 1}"


def _requirements(document: Document) -> Requirements:
    python, dependencies = document.data.get("requires-python", ""), document.data.get("dependencies", [])
    if not isinstance(python, str) or not _is_specifier(python):
        raise _wrong(document, "requires-python", 'a version specifier, such as ">=3.11"')
    if not isinstance(dependencies, list) or not all(map(_is_requirement, dependencies)):
        raise _wrong(document, "dependencies", 'a list of requirements, such as ["requests>=2", "rich"]')
    return Requirements(document.file, python, tuple(dependencies))


def _wrong(document: Document, key: str, meaning: str) -> BundleError:
    return BundleError(
        "bad-header",
        f"`{key}` in the header of `{document.file}` is not {meaning}",
        where=document.place(rf"{key}[ \t]*="),
        hint="correct it; packaging.python.org describes it under `inline script metadata`",
    )


def _is_specifier(text: str) -> bool:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return False
    return True


def _is_requirement(text: object) -> bool:
    try:
        Requirement(str(text))
    except InvalidRequirement:
        return False
    return isinstance(text, str)
