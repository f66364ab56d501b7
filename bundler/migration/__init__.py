"""Moving over from other tools: reads what builds a program with one, and says the same in `[tool.bundle]`.

Nouns: `Migration`, `Note`. Verbs: `migrate`, `page`.
"""

from __future__ import annotations

from bundler.migration.migrate import migrate
from bundler.migration.model import Migration, Note, Program
from bundler.migration.page import page

__all__ = ["Migration", "Note", "Program", "migrate", "page"]
