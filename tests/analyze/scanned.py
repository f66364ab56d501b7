"""Facts about sources, for tests of what a file says about imports."""

from __future__ import annotations

from dataclasses import fields
from textwrap import dedent
from typing import Any

from bundler.analyze.read.facts import ImportFact
from bundler.analyze.read.worker.scan import scan


def facts(text: str) -> dict[str, Any]:
    """Facts about a source, indented or not; rows of imports with names for what is in them."""
    found: dict[str, Any] = dict(scan(dedent(text).encode(), is_compiled=True))
    names = [each.name for each in fields(ImportFact)]
    return found | {kind: [dict(zip(names, row, strict=True)) for row in found[kind]] for kind in ("imports", "main")}


def bindings(text: str) -> dict[str, str]:
    """How each imported module is bound."""
    return {each["name"]: each["binding"] for each in facts(text)["imports"]}
