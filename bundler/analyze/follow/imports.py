"""Follows single imports: what they name is resolved, and reached if it is new, and noted as edges."""

from __future__ import annotations

from collections.abc import Container, Mapping

from bundler.analyze.follow.modules import define
from bundler.analyze.follow.other_names import OtherNames
from bundler.analyze.graph import Binding
from bundler.analyze.installed.locate import Locator
from bundler.analyze.nodes import Edge, Reached
from bundler.analyze.read.facts import ImportFact, absolute_name
from bundler.analyze.resolve.resolver import Node, Resolver


class Imports:
    """The imports that have been followed, as edges. `made_at_run_time`: names of modules without a file."""

    def __init__(
        self,
        resolver: Resolver,
        locator: Locator,
        names: OtherNames,
        reached: Mapping[str, Reached],
        made_at_run_time: Container[str],
    ) -> None:
        self.edges: list[Edge] = []
        self._resolver = resolver
        self._locator = locator
        self._names = names
        self._reached = reached
        self._made_at_run_time = made_at_run_time

    def node(self, name: str) -> Node:
        """The node of a module by its full name."""
        return self._resolver.resolve(name, name)[0]

    def by_name(self, importer: str | None, name: str, binding: Binding) -> Node:
        """Follow an import that is no statement; its node."""
        node = self.node(name)
        self.edges.append(Edge(importer, node.identifier, binding, is_attribute=False, line=0))
        return node

    def by_statement(self, node: Node, fact: ImportFact, caller: Node | None = None) -> bool:
        """Follow one import of a file; True if everything that it names was found. Relative ones start at `caller`."""
        fact = self._names.renamed(fact)
        names = set(fact.names or ()) - {"*"}
        start = caller if caller and fact.level else node
        absolute = absolute_name(fact, self._reached[start.identifier].package)
        nodes = self._resolver.resolve(fact.name, absolute, names, start=start, level=fact.level)
        # `import a.b.c` reaches a and a.b too; the parents get edges of their own when they are scanned.
        self._note(node.identifier, nodes[0].identifier, fact, is_attribute=False)
        for imported in nodes[1:]:
            self._note(node.identifier, imported.identifier, fact, is_attribute=True)
        if fact.names and "*" in fact.names:
            self._star(node, nodes[0], fact)
        return nodes[0].identifier in self._reached and all(map(self._is_there, nodes[1:]))

    def _is_there(self, imported: Node) -> bool:
        """True if a module of this name exists, or if its parent may have such an attribute."""
        if imported.identifier in self._reached or imported.identifier in self._made_at_run_time:
            return True
        parent = self._reached.get(imported.identifier.rpartition(".")[0])
        return parent is not None and (parent.facts is None or parent.facts.may_have_any_name)

    def _star(self, node: Node, imported: Node, fact: ImportFact) -> None:
        """Follow `from package import *`: it imports the submodules that `__all__` names, and passes names on."""
        reached = self._reached.get(imported.identifier)
        if reached is None or reached.facts is None:
            return
        public = reached.facts.all or [name for name in imported.globalnames if not name.startswith("_")]
        define(node, public, self._locator)
        if not imported.packagepath:
            return
        for name in reached.facts.all:
            if name not in reached.facts.globals and self._locator.find(name, imported.packagepath):
                submodule = self.by_name(node.identifier, f"{imported.identifier}.{name}", fact.binding)
                self._note(node.identifier, submodule.identifier, fact, is_attribute=True)

    def _note(self, importer: str, imported: str, fact: ImportFact, *, is_attribute: bool) -> None:
        self.edges.append(Edge(importer, imported, fact.binding, is_attribute, fact.line))
