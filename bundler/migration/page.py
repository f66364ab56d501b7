"""Writes a migration as `[tool.bundle]`, with notes as comments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import Array, Table

from bundler.migration.model import Migration


def page(migration: Migration) -> str:
    """The text of the table, to be added to pyproject.toml."""
    document = tomlkit.document()
    document.add(tomlkit.comment(f"from {migration.source}"))
    for note in migration.notes:
        place = f"line {note.line}: " if note.line else ""
        for number, line in enumerate(f"{place}{note.text}".splitlines()):
            document.add(tomlkit.comment(f"{'- ' if not number else '  '}{line}"))
    tool = tomlkit.table(is_super_table=True)
    programs = migration.programs
    if len(programs) > 1:
        tables = tomlkit.aot()
        for each in programs:
            tables.append(_table({"name": each.name, **each.options} if each.name else each.options))
        section = tomlkit.table()
        section.add("program", tables)
    else:
        section = _table(programs[0].options if programs else {})
    tool.add("bundle", section)
    document.add("tool", tool)
    return tomlkit.dumps(document).strip() + "\n"


def _table(options: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for name, value in options.items():
        table.add(name, _array(value) if isinstance(value, list) else value)
    return table


def _array(values: list[Any]) -> Array:
    array = tomlkit.array()
    array.extend(values)
    return array.multiline(len(values) > 1)
