"""The class of `hook_api.analysis`."""

from __future__ import annotations

from typing import Any

from .datastruct import TOC


class Analysis:
    """The analysis as hooks see it."""

    def __init__(self, hooksconfig: dict[str, dict[str, Any]], graph: Any) -> None:
        self.hooksconfig = hooksconfig
        self.graph = graph
        self.datas = TOC()
        self.binaries = TOC()
        self.pathex: list[str] = []
        self.hiddenimports: list[str] = []
        self.excludes: list[str] = []
        self.module_collection_mode: dict[str, str] = {}
