"""Names under which modules are imported that have another name in the graph, as rules of packages say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bundler.analyze.follow.rules import Rule, Rules
from bundler.analyze.read.facts import ImportFact
from bundler.analyze.resolve.finder import ModuleFinder


class OtherNames:
    """Top-level names that stand for modules inside packages: those that code at Python's start serves, and those of packages
    that have been reached.
    """

    def __init__(self, finder: ModuleFinder, rules: Rules) -> None:
        self._finder = finder
        self._names: dict[str, str] = {}
        self._serving: dict[str, Rule] = {}
        self._served: dict[str, Rule] = {}
        for rule in rules.packages.values():
            if rule.serve and finder.exists(rule.module):
                self.note(rule)

    @property
    def served(self) -> Mapping[str, Rule]:
        """The rules of names that imports have used and that only code at Python's start makes importable."""
        return self._served

    def note(self, rule: Rule | None) -> None:
        """Note the names of a rule; existing modules keep theirs, unless Python's start sets them aside."""
        if rule is None:
            return
        is_first = rule.serve_file and any((folder / rule.serve_file).is_file() for folder in self._finder.search_path)
        for name, real in rule.names.items():
            if name not in self._names and (is_first or not self._finder.exists(name)):
                self._names[name] = real
                if rule.serve:
                    self._serving[name] = rule

    def renamed(self, fact: ImportFact) -> ImportFact:
        """The import, with the name that the module has in the graph."""
        top, dot, rest = fact.name.partition(".")
        if fact.level or top not in self._names:
            return fact
        if top in self._serving:
            self._served[top] = self._serving[top]
        return replace(fact, name=self._names[top] + dot + rest)
