"""Names that hooks refer to in annotations and checks."""

from __future__ import annotations

from ..lib.modulegraph.modulegraph import ModuleGraph


class PyiModuleGraph(ModuleGraph):
    """The graph."""
