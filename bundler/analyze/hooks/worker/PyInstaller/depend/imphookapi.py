"""The objects that hook functions are given, and that note what a hook requests."""

from __future__ import annotations

from types import CodeType
from typing import Any

from ..building.datastruct import TOC, normalize_pairs
from ..lib.modulegraph.modulegraph import ModuleGraph, Node


class PreSafeImportModuleAPI:
    """For `pre_safe_import_module(api)`: a module is about to be looked for."""

    def __init__(self, module_name: str, module_graph: ModuleGraph | None = None) -> None:
        self.module_name = module_name
        self.module_basename = module_name.rpartition(".")[2]
        parent = module_name.rpartition(".")[0]
        self.module_graph = module_graph or ModuleGraph()
        self.parent_package = Node(parent) if parent else None
        self.aliases: list[tuple[str, str]] = []
        self.package_paths: list[str] = []
        self.runtime_modules: list[str] = []

    def add_alias_module(self, real_module_name: str, alias_module_name: str) -> None:
        """Let an import of the alias give the real module."""
        self.aliases.append((real_module_name, alias_module_name))

    def append_package_path(self, directory: str) -> None:
        """Submodules of the package are also found in this folder."""
        self.package_paths.append(str(directory))

    def add_runtime_module(self, module_name: str) -> None:
        """The module is made by the program while it runs."""
        self.runtime_modules.append(module_name)

    def add_runtime_package(self, package_name: str) -> None:
        """Do what add_runtime_module does."""
        self.runtime_modules.append(package_name)


class PreFindModulePathAPI:
    """For `pre_find_module_path(api)`: a module is about to be looked for in these folders."""

    def __init__(self, module_name: str, search_dirs: list[str], module_graph: ModuleGraph | None = None) -> None:
        self.module_name = module_name
        self.search_dirs: list[str] | None = search_dirs
        self.module_graph = module_graph or ModuleGraph()


class PostGraphAPI:
    """For `hook(hook_api)`: a module has been found."""

    def __init__(self, module_name: str, module_graph: ModuleGraph, analysis: Any) -> None:
        self.__name__ = module_name
        self.module_graph = self.graph = module_graph
        self.module = self.node = module_graph.find_node(module_name) or Node(module_name)
        self.module_name = module_name
        self.analysis = analysis
        self.__file__ = self.module.filename
        self.__path__ = tuple(self.module.packagepath) if self.module.packagepath is not None else None
        self.added_imports: list[str] = []
        self.deleted_imports: list[str] = []
        self.added_datas: list[tuple[str, str]] = []
        self.added_binaries: list[tuple[str, str]] = []
        self.collection_mode: dict[str, str] = {}

    @property
    def co(self) -> CodeType | None:
        """Code is compiled later."""
        return None

    @property
    def imports(self) -> list[Any]:
        """Imports are followed after hooks of their module ran."""
        return []

    @property
    def binaries(self) -> list[tuple[str, str]]:
        """The pairs that were added so far."""
        return self.added_binaries

    @property
    def datas(self) -> list[tuple[str, str]]:
        """The pairs that were added so far."""
        return self.added_datas

    def add_imports(self, *module_names: str) -> None:
        """The module needs these, invisibly."""
        self.added_imports += module_names

    def del_imports(self, *module_names: str) -> None:
        """The module does without these, though it imports them."""
        self.deleted_imports += module_names

    def add_datas(self, datas: object) -> None:
        """Files to carry: pairs of source and destination, or a TOC."""
        self.added_datas += normalize_pairs(datas)

    def add_binaries(self, binaries: object) -> None:
        """Shared libraries to carry: pairs of source and destination, or a TOC."""
        self.added_binaries += normalize_pairs(binaries)

    def set_module_collection_mode(self, name: str | None, mode: str | None) -> None:
        """Note how the sources of a package (None: this one) are carried."""
        if mode is None:
            self.collection_mode.pop(name or self.module_name, None)
        else:
            self.collection_mode[name or self.module_name] = mode


__all__ = ["TOC", "PostGraphAPI", "PreFindModulePathAPI", "PreSafeImportModuleAPI"]
