"""Package rules: invisible needs, as data. Each TOML file here holds rules, each rule its reason.

    [[rule]]
    module = "_socket"
    reason = "getaddrinfo encodes host names with the codec idna (socketmodule.c)"
    implies = ["encodings.idna"]      # "package.*" stands for all direct submodules, "_x_*" for top-level ones
    ignores = ["doctest"]             # imports of the module that are not followed; "*": its deferred ones

A rule takes effect when its module is reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import tomli


@dataclass(frozen=True, slots=True)
class Rule:
    """What reaching a module means for others."""

    module: str
    reason: str
    implies: tuple[str, ...]
    ignores: tuple[str, ...]


def load_rules(folder: Path = Path(__file__).parent) -> Mapping[str, Rule]:
    """All rules, by module."""
    rules = {}
    for path in sorted(folder.glob("*.toml")):
        for raw in tomli.loads(path.read_text())["rule"]:
            for module in [raw["module"]] if isinstance(raw["module"], str) else raw["module"]:
                assert module not in rules, f"two rules for {module}"
                rules[module] = Rule(
                    module, raw["reason"], tuple(raw.get("implies", ())), tuple(raw.get("ignores", ()))
                )
    return rules
