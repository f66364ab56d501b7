"""The graph as hooks see it: the modules that were found before, without their edges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import CodeType


class Node:
    """A module. `packagepath`: its folders, if it is a package."""

    def __init__(self, identifier: str, filename: str | None = None, packagepath: list[str] | None = None) -> None:
        self.identifier = self.graphident = identifier
        self.filename = filename
        self.packagepath = packagepath
        self.code: CodeType | None = None
        self.globalnames: set[str] = set()
        self.starimports: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return name in self.globalnames

    def infoTuple(self) -> tuple[str]:  # noqa: N802  # modulegraph's name
        """The node's name."""
        return (self.identifier,)


class Alias(str):
    """The name of another module."""

    __slots__ = ()


class BaseModule(Node):
    """A module that was found."""


class SourceModule(BaseModule):
    """A module with Python code."""


class Package(BaseModule):
    """A package with Python code."""


class NamespacePackage(Package):
    """A package without code."""


class Extension(BaseModule):
    """A shared object."""


class ExtensionPackage(Extension, Package):
    """A package whose `__init__` is a shared object."""


class BuiltinModule(BaseModule):
    """A part of libpython."""


class Script(Node):
    """The program."""


class MissingModule(Node):
    """A module that was not found."""


class RuntimeModule(MissingModule):
    """A module that the program makes."""


class RuntimePackage(RuntimeModule):
    """A package that the program makes."""


class AliasNode(Node):
    """Another name of a module."""


class ExcludedModule(Node):
    """A module that is left out."""


class DependencyInfo:
    """The way in which a module is imported."""

    def __init__(self, conditional: bool, function: bool, tryexcept: bool, fromlist: bool) -> None:
        self.conditional = conditional
        self.function = function
        self.tryexcept = tryexcept
        self.fromlist = fromlist


class ModuleGraph:
    """Modules by name."""

    def __init__(self, nodes: Iterable[Node] = ()) -> None:
        self._nodes = {node.identifier: node for node in nodes}
        self.path: list[str] = []

    def find_node(self, name: str, create_nspkg: bool = True) -> Node | None:
        """The module of this name, if it was found."""
        return self._nodes.get(name)

    findNode = find_node  # noqa: N815  # modulegraph's name

    def nodes(self) -> Iterator[Node]:
        """Every module."""
        return iter(self._nodes.values())

    def iter_graph(self, start: object = None, condition: object = None) -> Iterator[Node]:
        """Every module; edges are not known here."""
        return self.nodes()

    flatten = iter_graph

    def import_hook(self, target_module_partname: str, *args: object, **kwargs: object) -> list[Node]:
        """The module, if it was found."""
        node = self.find_node(target_module_partname)
        if node is None:
            raise ImportError(target_module_partname)
        return [node]

    def outgoing(self, node: object) -> Iterator[Node]:
        """Imports are followed after hooks of their module ran."""
        return iter(())

    incoming = outgoing

    def get_code_using(self, module_name: str) -> dict[str, CodeType]:
        """Code is compiled later; hooks then take what they take by default."""
        return {}
