"""Why a module is there: the shortest chain of imports that leads to it."""

from __future__ import annotations

import difflib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from bundler.analyze.graph import Binding, Import, LeftOut, ModuleGraph, SourceModule
from bundler.errors import BundleError

# Where chains begin: the program, and the interpreter.
_ROOTS = ("__main__", None)


class _Edge(Protocol):
    @property
    def importer(self) -> str | None: ...
    @property
    def imported(self) -> str: ...
    @property
    def binding(self) -> Binding: ...


_AnyEdge = TypeVar("_AnyEdge", bound=_Edge)


def first_edges(edges: Iterable[_AnyEdge]) -> Mapping[str | None, _AnyEdge | None]:
    """The edge through which each module is reached first, breadth first from the roots, which have none."""
    outgoing: dict[str | None, list[_AnyEdge]] = {}
    for edge in edges:
        outgoing.setdefault(edge.importer, []).append(edge)
    first: dict[str | None, _AnyEdge | None] = dict.fromkeys(_ROOTS)
    queue = deque(first)
    while queue:
        for edge in outgoing.get(queue.popleft(), ()):
            if edge.imported not in first:
                first[edge.imported] = edge
                queue.append(edge.imported)
    return first


def chain_to(first: Mapping[str | None, _AnyEdge | None], name: str | None) -> tuple[_AnyEdge, ...]:
    """The edges from a root to a module."""
    found = []
    edge = first.get(name)
    while edge is not None:
        found.append(edge)
        edge = first.get(edge.importer)
    return tuple(reversed(found))


def phrase(edge: _Edge) -> str:
    """What an edge's importer does: "imports x", "imports, inside a function, x"."""
    word = edge.binding.value
    return f"{word}{',' if ',' in word else ''} {edge.imported}"


def told(chain: Iterable[_Edge]) -> str:
    """A chain in one sentence: "a imports b, which imports, inside a function, c"."""
    text = ""
    for edge in chain:
        text += f", which {phrase(edge)}" if text else f"{_importer(edge)} {phrase(edge)}"
    return text


def _importer(edge: _Edge) -> str:
    return edge.importer or "the interpreter"


def explain(graph: ModuleGraph, name: str) -> str:
    """A line for each step that leads to a module, with its place; BundleError when it is not in the graph."""
    if graph.imported(name) is None:
        raise _absent(graph, name)
    chain = chain_to(first_edges(graph.imports), name)
    if not chain:
        return f"{name} is where the program starts" if name == "__main__" else f"{name} is part of the interpreter"
    steps = [(f"{_importer(edge)} {phrase(edge)}", _place(graph, edge)) for edge in chain]
    width = max(len(step) for step, _ in steps)
    return "\n".join(f"{step:{width}}  {place}".rstrip() for step, place in steps)


def _place(graph: ModuleGraph, edge: Import) -> str:
    module = graph.imported(edge.importer)
    if isinstance(module, SourceModule) and not module.is_generated and edge.line:
        return f"{module.path}:{edge.line}"
    return ""


def _absent(graph: ModuleGraph, name: str) -> BundleError:
    for edge in graph.left_out:
        if f"{edge.imported}.".startswith(f"{name}."):
            return BundleError(
                "not-included",
                f"`{name}` is left out",
                where=_place(graph, edge) or None,
                notes=(told((*chain_to(first_edges(graph.imports), edge.importer), edge)), *_reasons(edge)),
                hint=f"`--hidden-import {edge.imported}` takes it in",
            )
    near = difflib.get_close_matches(name, graph.modules, 1)
    return BundleError(
        "not-included",
        f"nothing in the program imports `{name}`",
        hint=f"did you mean `{near[0]}`?" if near else f"`--hidden-import {name}` takes it in",
    )


def _reasons(edge: LeftOut) -> Iterator[str]:
    yield f"{edge.importer} does without it, and its distribution does not require it"
