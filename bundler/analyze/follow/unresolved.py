"""Tells which computed imports of a file may still mean anything, after modules were found that they can mean."""

from __future__ import annotations

from collections.abc import Iterable

from bundler.analyze.installed.locate import ModuleKind
from bundler.analyze.read.facts import FileFacts
from bundler.analyze.resolve.finder import ModuleFinder


class Unresolved:
    """The computed imports of one file, less those for which a module was found.

    A folder without code resolves none. A package resolves one only as a whole name: beside `f"{PACKAGE}.{name}"`, the package
    is found although none of what is meant is there.
    """

    def __init__(self, finder: ModuleFinder, facts: FileFacts) -> None:
        self._finder = finder
        self._resolved: set[int] = set()
        self._dynamic = (*facts.dynamic, *facts.loading)
        # Where the name is but a dot with a text behind it, the text is whole, too.
        in_package = {
            family.line for family in facts.families if family.level and not family.package and not family.stem
        }
        self._whole: dict[str, set[int]] = {}
        self._parts: dict[str, set[int]] = {}
        for each in facts.arriving:
            lines = {*each.lines}
            self._parts.setdefault(each.text, set()).update(lines)
            self._whole.setdefault(each.text, set()).update(lines if each.is_whole else lines & in_package)

    @property
    def lines(self) -> tuple[int, ...]:
        """The lines of the imports that are left."""
        return tuple(line for line in self._dynamic if line not in self._resolved)

    def found(self, text: str, module: str) -> None:
        """A text of the file names this module."""
        texts = self._parts if self._is_plain(module) else self._whole if self._has_code(module) else {}
        self._resolved |= texts.get(text, set())

    def found_at(self, lines: Iterable[int], modules: Iterable[str], *, is_whole: bool = True) -> None:
        """Imports in these lines may mean these modules; if not `is_whole`, attributes in them."""
        if any(self._has_code(each) if is_whole else self._is_plain(each) for each in modules):
            self._resolved.update(lines)

    def found_by_path(self, lines: Iterable[int]) -> None:
        """Imports in these lines mean modules of a folder that is listed."""
        self._resolved.update(lines)

    def _has_code(self, module: str) -> bool:
        located = self._finder.find(module)
        return located is not None and located.kind is not ModuleKind.NAMESPACE

    def _is_plain(self, module: str) -> bool:
        located = self._finder.find(module)
        return located is not None and not located.folders
