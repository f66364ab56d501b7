"""Modules that frameworks import of their applications by convention."""

from __future__ import annotations

from bundler.analyze.follow.walk import Walker
from bundler.analyze.graph import Binding


def add_conventional(walker: Walker) -> None:
    """Bring in what frameworks import of their applications, as rules say."""
    done: set[str] = set()
    while rules := [rule for rule in walker.rules_in_effect() if rule.marks]:
        packages = [module for name, module in walker.reached.items() if name not in done]
        if not packages:
            return
        done |= walker.reached.keys()
        for module in packages:
            folders = module.located.folders if module.located is not None else ()
            submodules = frozenset(walker.finder.locator.submodules(folders))
            for rule in rules:
                if not submodules.isdisjoint(rule.marks):
                    for pattern in rule.conventional:
                        for name in walker.finder.expand(f"{module.name}.{pattern}"):
                            walker.add_existing(rule.module, name, Binding.RULE)
