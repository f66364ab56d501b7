"""Resolves the names of import statements to modules: modulegraph behind a narrow interface.

modulegraph decides what a name refers to: a submodule or an attribute, of which package. The walk decides where a module
is looked for, and is told of each one that is found. Only this file knows modulegraph.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from bundler.analyze.installed.locate import Folder, Located, ModuleKind
from bundler.analyze.resolve.finder import ModuleFinder

# modulegraph would import setuptools' pkg_resources for a reading of zipped eggs that Locator replaces; it takes 0.2 s.
_hidden = sys.modules.get("pkg_resources")
sys.modules["pkg_resources"] = None  # type: ignore[assignment]
from modulegraph import modulegraph  # noqa: E402

if _hidden is None:
    del sys.modules["pkg_resources"]
else:
    sys.modules["pkg_resources"] = _hidden

_SEPARATE = modulegraph.DependencyInfo(conditional=False, function=False, tryexcept=False, fromlist=False)


class Node(Protocol):
    """A node of modulegraph's: a module that was found, or a name that was not.

    `packagepath`: the folders of a package, else None. `globalnames`: attributes that make an import of a name resolve.
    """

    identifier: str
    filename: str
    packagepath: list[str] | None
    globalnames: set[str]


Locate = Callable[[str, Iterable[Folder]], Located | None]
Found = Callable[[Node, Located | None], None]


class Resolver:
    """Names to nodes. `locate(full name, folders)` finds a module, `found(node, located)` is called once for each."""

    def __init__(self, finder: ModuleFinder, excluded: Iterable[str], locate: Locate, found: Found) -> None:
        self._known: dict[str, Node] = {}
        self._graph = _Graph(finder, list(excluded), locate, self._note)
        self._found = found

    def _note(self, node: Node, located: Located | None) -> None:
        self._known[node.identifier] = node
        self._found(node, located)

    def add(self, name: str, path: Path | None) -> Node:
        """A node for a module that no import leads to: the program, a run-time hook."""
        node: Node = self._graph.createNode(modulegraph.SourceModule, name)
        node.filename = str(path) if path is not None else "-"
        self._known[name] = node
        return node

    def alias(self, name: str, other: str) -> None:
        """Make imports of `other` get the module `name`."""
        self._graph.lazynodes[other] = modulegraph.Alias(name)

    def resolve(
        self, name: str, absolute: str, names: Iterable[str] = (), *, start: Node | None = None, level: int = 0
    ) -> list[Node]:
        """The nodes of `from name import names`: of the module, then of those names that are modules or not there.

        `absolute` is the full name that `level` dots and `name` mean in `start`.
        """
        nodes = self._resolved(absolute, names)
        if nodes is None:
            # Its one entry that never raises.
            nodes = self._graph._safe_import_hook(name, start, set(names), level, attr=_SEPARATE)  # noqa: SLF001
        return nodes

    def _resolved(self, name: str, attributes: Iterable[str]) -> list[Node] | None:
        """The nodes that modulegraph would find, where it knows all of them: most imports name what others have named."""
        node = self._known.get(name)
        if node is None:
            return None
        nodes = [node]
        for attribute in attributes if node.packagepath else ():
            submodule = self._known.get(f"{name}.{attribute}")
            if submodule is not None:
                nodes.append(submodule)
            elif attribute not in node.globalnames:
                return None
        return nodes


class _Graph(modulegraph.ModuleGraph):  # type: ignore[misc]  # modulegraph has no annotations
    """modulegraph, with another way to find modules, and without its own reading and recursion."""

    def __init__(self, finder: ModuleFinder, excludes: list[str], locate: Locate, found: Found) -> None:
        super().__init__([], excludes=excludes)  # the search path is the finder's
        self._finder = finder
        self._locate = locate
        self._found = found
        self._references: set[tuple[str, str]] = set()

    def _updateReference(self, fromnode: Any, tonode: Any, edge_data: Any) -> None:  # noqa: N802  # its name
        # One reference says enough, for how an import is meant is kept in our own edges: looking for the one that is
        # there, to merge with it, took a fifth of the time.
        if fromnode is not None and (fromnode.identifier, tonode.identifier) not in self._references:
            self._references.add((fromnode.identifier, tonode.identifier))
            self.createReference(fromnode, tonode, edge_data)

    def _calc_setuptools_nspackages(self) -> dict[str, list[str]]:
        # `-nspkg.pth` files: such packages are found as namespace packages.
        return {}

    def _find_module(self, name: str, path: list[str] | None, parent: Any = None) -> Any:
        full_name = f"{parent.identifier}.{name}" if parent is not None else name
        if path is None and name in self._finder.builtin:
            return None, None, None
        located = self._locate(full_name, self._finder.top_folders(name) if path is None else path)
        if located is None:
            raise ImportError(full_name)
        return None, str(located.path), located

    def _load_module(self, fqname: str, fp: object, pathname: str | None, info: Located | None) -> Any:  # noqa: ARG002
        node = self.createNode(_node_class(info), fqname)
        node.filename = pathname or "-"
        if info is not None and info.folders:
            node.packagepath = [str(folder) for folder in info.folders]
        self._found(node, info)
        return node


def _node_class(located: Located | None) -> Any:
    if located is None:
        return modulegraph.BuiltinModule
    if located.kind is ModuleKind.NAMESPACE:
        return modulegraph.NamespacePackage
    if located.folders:
        return modulegraph.Package
    return modulegraph.Extension if located.kind is ModuleKind.EXTENSION else modulegraph.SourceModule
