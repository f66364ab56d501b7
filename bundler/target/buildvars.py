"""The variables with which the target was built, as the binary may carry them.

CPython keeps them in a generated module, `_sysconfigdata_*`, full of paths of the machine that built it.
"""

from __future__ import annotations

import ast
import pprint
import re
from pathlib import Path

# Folders that mean the same everywhere; any other absolute path is one machine's own.
_COMMON = ("/usr/", "/bin/", "/lib/", "/lib64/", "/etc/", "/dev/", "/sbin/")
# Not the rest of a longer one, such as `$(srcdir)/Objects`; but right behind an option's letter.
_ABSOLUTE_PATH = re.compile(r"(?:(?<![\w.$})/-])|(?<=-[BILR]))/[\w.+~-]+(?:/[\w.+~-]+)*/?")

# Folders of the system that the program runs on, also where Python's own prefix is /usr (Lib/zoneinfo/_tzpath.py).
_OF_THE_SYSTEM = frozenset({"TZPATH"})


def portable_variables(source: str, prefix: Path, root: str) -> str:
    """Source of the module with `prefix` replaced by `root`; values that name other folders become empty."""
    tree = ast.parse(source)
    values: dict[str, str | int] = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value
    )
    portable = {
        name: value if name in _OF_THE_SYSTEM else _portable(value, str(prefix), root) for name, value in values.items()
    }
    return f"build_time_vars = {pprint.pformat(portable, sort_dicts=True)}\n"


def _portable(value: str | int, prefix: str, root: str) -> str | int:
    if not isinstance(value, str):
        return value
    moved = value.replace(prefix, root)
    paths = _ABSOLUTE_PATH.findall(moved)
    return moved if all(path.startswith((root, *_COMMON)) for path in paths) else ""
