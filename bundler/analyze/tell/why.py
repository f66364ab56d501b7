"""Explains why a module is there, by the shortest chain of imports that leads to it."""

from __future__ import annotations

import difflib
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bundler.analyze.graph import Binding, Import, LeftOut, ModuleGraph, SourceModule
from bundler.analyze.installed.locate import Locator
from bundler.errors import BundleError

_INSTALL = "install it in the environment of the target Python if the program needs it (see `--python`)"

# The beginnings of chains: the program, and the interpreter.
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


def format_edge(edge: _Edge) -> str:
    """An edge as a predicate of its importer: "imports x", "imports, inside a function, x"."""
    word = edge.binding.value
    return f"{word}{',' if ',' in word else ''} {edge.imported}"


def format_chain(chain: Iterable[_Edge]) -> str:
    """A chain in one sentence: "a imports b, which imports, inside a function, c"."""
    text = ""
    for edge in chain:
        text += f", which {format_edge(edge)}" if text else format_step(edge)
    return text


def format_step(edge: _Edge) -> str:
    """An edge in one sentence: "a imports b"."""
    return f"{edge.importer or 'the interpreter'} {format_edge(edge)}"


@dataclass(frozen=True, slots=True)
class Step:
    """An import on the way to a module. `importer`: None for the interpreter. `place`: file and line, or ""."""

    importer: str | None
    imported: str
    binding: Binding
    place: str


def steps_to(
    graph: ModuleGraph, name: str, locator: Locator, builtin: frozenset[str] = frozenset()
) -> tuple[Step, ...]:
    """The shortest way to a module; BundleError when it is not in the graph.

    `builtin`: modules that exist without a file. The way to `__main__`, and to parts of the interpreter, has no steps.
    """
    if graph.imported(name) is None:
        is_installed = name in builtin or locator.is_module(name, graph.search_path)
        raise _absent(graph, name, is_installed=is_installed)
    chain = chain_to(first_edges(graph.imports), name)
    return tuple(_step(graph, edge) for edge in chain)


def first_steps(graph: ModuleGraph) -> Mapping[str, Step]:
    """The import through which each module is reached first, by the module's own name; the program itself has none."""
    edges = first_edges(graph.imports)
    return {
        graph.other_names.get(name, name): _step(graph, edge)
        for name, edge in edges.items()
        if name is not None and edge is not None
    }


def _step(graph: ModuleGraph, edge: Import) -> Step:
    return Step(edge.importer, edge.imported, edge.binding, _place(graph, edge))


def _place(graph: ModuleGraph, edge: Import) -> str:
    module = graph.imported(edge.importer)
    if isinstance(module, SourceModule) and not module.is_generated and edge.line:
        return graph.user_text(f"{module.path}:{edge.line}")
    return ""


def _absent(graph: ModuleGraph, name: str, *, is_installed: bool) -> BundleError:
    left_out = next((edge for edge in graph.left_out if _is_in(edge.imported, name)), None)
    if left_out is not None:
        hint = f"add it with `--hidden-import {left_out.imported}`"
        return _unmet(graph, left_out, f"`{name}` is left out", hint, _reasons(left_out))
    wanted = next((edge for edge in graph.imports if edge.importer and _is_in(edge.imported, name)), None)
    parent = name.rpartition(".")[0]
    if wanted is not None and is_installed:
        return _unmet(graph, wanted, f"`{name}` is installed, but excluded", "remove it from `--exclude-module`")
    if wanted is not None and parent and graph.imported(parent) is not None:
        hint = f"it may be an attribute of `{parent}`: try `bundle why {parent}`"
        return _unmet(graph, wanted, f"`{parent}` has no module `{name}`", hint)
    if wanted is not None:
        return _unmet(graph, wanted, f"`{name}` is not installed", _INSTALL)
    near = difflib.get_close_matches(name, graph.modules, 1)
    advice = f"add it with `--hidden-import {name}`" if is_installed else _INSTALL
    return BundleError(
        "not-included",
        f"nothing in the program imports `{name}`" + ("" if is_installed else ", and it is not installed"),
        hint=f"did you mean `{near[0]}`?" if near else advice,
    )


def _is_in(module: str, package: str) -> bool:
    return f"{module}.".startswith(f"{package}.")


def _unmet(graph: ModuleGraph, edge: Import, message: str, hint: str, reasons: Iterable[str] = ()) -> BundleError:
    """An error about an import that gets no module, with the chain that leads to it."""
    return BundleError(
        "not-included",
        message,
        where=_place(graph, edge) or None,
        notes=(format_chain((*chain_to(first_edges(graph.imports), edge.importer), edge)), *reasons),
        hint=hint,
    )


def _reasons(edge: LeftOut) -> Iterator[str]:
    yield f"{edge.importer} does without it, and its distribution does not require it"
