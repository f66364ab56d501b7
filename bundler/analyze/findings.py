"""What the user should know about the graph: modules that are missing, sources that do not compile."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping

from bundler.analyze.distributions import Environment
from bundler.analyze.graph import Binding
from bundler.analyze.reached import Edge
from bundler.analyze.walk import Walker
from bundler.errors import Diagnostic, warning

# A chain of these is one that the program certainly takes.
_FIRM = frozenset({Binding.EAGER, Binding.CONDITIONAL, Binding.PARENT, Binding.RULE})


def syntax_errors(walker: Walker) -> Iterator[Diagnostic]:
    """Modules that the target cannot compile."""
    for name, module in walker.reached.items():
        if module.facts is not None and module.facts.error and module.located is not None:
            yield warning(
                "syntax-error",
                f"`{name}` has a syntax error, and importing it will fail: {module.facts.error}",
                where=f"{module.located.path}:{module.facts.error_line}",
            )


def missing_modules(walker: Walker, environment: Environment, excluded: tuple[str, ...]) -> Iterator[Diagnostic]:
    """Imports that found nothing: of the app's own code all, of libraries those that certainly happen."""
    every = _chains(walker, firm=False)
    firm = _chains(walker, firm=True)
    seen = set()
    for edge in walker.edges:
        if edge.imported in seen or not _is_missing(walker, edge, excluded):
            continue
        importer = walker.reached.get(edge.importer)
        if importer is None or walker.is_stdlib(importer.located):
            continue  # the standard library knows what it may miss on a platform
        is_own = importer.located is None or environment.owner(importer.located.path) is None
        if not is_own and (edge.importer not in firm or edge.binding not in _FIRM):
            continue
        seen.add(edge.imported)
        where = None
        if importer.located is not None:
            where = f"{importer.located.path}:{edge.line}" if edge.line else str(importer.located.path)
        yield warning(
            "missing-module",
            f"`{edge.imported}` was not found",
            where=where,
            notes=(_describe(every, edge),),
            hint="install it in the environment of the target Python, "
            f"or pass `--exclude-module {edge.imported}` if the program does not need it",
        )


def _is_missing(walker: Walker, edge: Edge, excluded: tuple[str, ...]) -> bool:
    if edge.imported in walker.reached or edge.is_attribute or edge.binding is Binding.RULE:
        return False
    if any(edge.imported == name or edge.imported.startswith(name + ".") for name in excluded):
        return False
    # `import a.b` where a is no package, or one that makes b itself at run time, says nothing about b.
    parent = walker.reached.get(edge.imported.rpartition(".")[0])
    return parent is None or (parent.facts is not None and edge.imported.rpartition(".")[2] not in parent.facts.globals)


def _chains(walker: Walker, *, firm: bool) -> Mapping[str, Edge | None]:
    """The edge through which each module is reached first, breadth first from the entry."""
    outgoing: dict[str, list[Edge]] = {}
    for edge in walker.edges:
        if not firm or edge.binding in _FIRM:
            outgoing.setdefault(edge.importer, []).append(edge)
    first: dict[str, Edge | None] = {"__main__": None}
    queue = deque(first)
    while queue:
        for edge in outgoing.get(queue.popleft(), ()):
            if edge.imported not in first:
                first[edge.imported] = edge
                queue.append(edge.imported)
    return first


def _describe(chains: Mapping[str, Edge | None], last: Edge) -> str:
    """The imports that lead to the last one: `__main__ imports a, which imports, inside a function b`."""
    names = [last.imported]
    edge: Edge | None = last
    words = []
    while edge is not None:
        names.append(edge.importer)
        words.append(edge.binding.value)
        edge = chains.get(edge.importer)
    text = names[-1]
    for index, (name, word) in enumerate(zip(reversed(names[:-1]), reversed(words), strict=True)):
        joint = " " if index == 0 else ", which "
        text += f"{joint}{word} {name}"
    return text
