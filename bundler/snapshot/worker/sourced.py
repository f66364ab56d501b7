"""A module's source, and the statements of it that are chosen to be run again."""

from __future__ import annotations

import ast
import builtins
import functools
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .repeat import (
    CACHES,
    MANAGERS,
    again,
    alias_name,
    bound_names,
    changed_names,
    names_given,
    names_given_always,
    names_given_sometimes,
    only_gives,
    span,
    stored_names,
)
from .schema import Obstacle, Piece

_PROPERTIES = frozenset(("builtins.property", "abc.abstractproperty", "functools.cached_property"))


@dataclass
class SourcedModule:
    """A module, and what is known of its statements. Statements have numbers, in the order of the module's body."""

    name: str  # without a path: an expression, such as "sys.flags"
    path: Path | None
    lines: list[int] | None  # first and last lines of the statements that matter; None: all do
    called: frozenset[int] | None = None  # first lines of functions that were called; None: not known
    given: set[str] = field(default_factory=set)  # names that get other values at a start
    differing: set[str] = field(default_factory=set)  # names whose values recordings compare
    chosen: dict[int, ast.stmt] = field(default_factory=dict)  # what is run again in place of a statement
    spans: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # the lines that this stands for
    asking: dict[int, list[ast.stmt]] = field(default_factory=dict)  # of a class: statements in it that ask
    users: set[str] = field(default_factory=set)  # functions and classes that use given names when they are called
    makers: set[str] = field(default_factory=set)  # users that only make a function which uses them
    told: set[str] = field(default_factory=set)  # classes that use them when a subclass is made

    @functools.cached_property
    def text(self) -> bytes:
        """The module's source."""
        return self.path.read_bytes() if self.path else b""

    @functools.cached_property
    def statements(self) -> list[ast.stmt]:
        """The statements of its body."""
        body = ast.parse(self.text).body
        if self.lines is None:
            return body
        wanted = set(zip(self.lines[::2], self.lines[1::2], strict=True))
        return [each for each in body if span(each) in wanted]

    @functools.cached_property
    def _bindings(self) -> Mapping[str, set[str]]:
        """The meanings of names, anywhere in the module: modules, or what is imported from them; "" stands for anything else."""
        found: dict[str, set[str]] = defaultdict(set)
        for node in ast.walk(ast.Module(self.statements, [])):
            match node:
                case ast.Import(names=aliases):
                    for alias in aliases:
                        name = alias_name(alias)
                        found[name].add(alias.name if alias.asname else name)
                case ast.ImportFrom(names=aliases):
                    for alias in aliases:
                        found[alias_name(alias)].add(f"{self.source_of(node)}.{alias.name}")
                case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                    found[name].add("")
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                    found[name].add("")
        return found

    @functools.cached_property
    def imports(self) -> Mapping[str, str]:
        """Modules, or what is taken from them, that names stand for which nothing but one import binds, anywhere in the module."""
        return {
            name: next(iter(meant)) for name, meant in self._bindings.items() if len(meant) == 1 and "" not in meant
        }

    def meaning(self, node: ast.expr) -> str:
        """The whole name of what an expression stands for, such as "functools.cache"; "" where the source does not tell."""
        match node:
            case ast.Name(id=name) if name in self.imports:
                return self.imports[name]
            case ast.Name(id=name):
                is_builtin = hasattr(builtins, name) and not {name, "*"} & self._bindings.keys()
                return f"builtins.{name}" if is_builtin else ""
            case ast.Attribute(value, attr) if owner := self.meaning(value):
                return f"{owner}.{attr}"
            case _:
                return ""

    def only_gives(self, node: ast.stmt) -> bool:
        """True if a statement only gives names values, or changes what they stand for."""
        return only_gives(node) and self._has_python_managers(node)

    def _has_python_managers(self, node: ast.stmt) -> bool:
        calls = [each.context_expr for each in ast.walk(node) if isinstance(each, ast.withitem)]
        return all(self.meaning(each.func) in MANAGERS for each in calls if isinstance(each, ast.Call))

    def again(self, node: ast.stmt, names: set[str]) -> ast.stmt | None:
        """The part of a statement that gives names their values, as it can be run again; None: nothing of it does, or can be."""
        match node:
            case ast.FunctionDef(decorator_list=[ast.Call(decorator) | decorator]):
                is_known = self.meaning(decorator) in CACHES
            case ast.FunctionDef():
                is_known = not node.decorator_list
            case _:
                is_known = self._has_python_managers(node)
        return again(node, names, self.source_of) if is_known else None

    @functools.cached_property
    def properties(self) -> frozenset[str]:
        """The names of methods that are made properties."""
        return frozenset(
            node.name
            for each in self.statements
            for node in ast.walk(each)
            if isinstance(node, ast.FunctionDef)
            and any(self.meaning(one) in _PROPERTIES for one in node.decorator_list)
        )

    @functools.cached_property
    def classes(self) -> Mapping[str, list[ast.ClassDef]]:
        """The classes that its statements make, by names."""
        found: dict[str, list[ast.ClassDef]] = defaultdict(list)
        for each in self.statements:
            if isinstance(each, ast.ClassDef):
                found[each.name].append(each)
        return found

    @functools.cached_property
    def bound(self) -> frozenset[str]:
        """The names that its statements bind."""
        return frozenset(name for each in self.statements for name in bound_names(each))

    def was_called(self, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
        """False for a function that nobody has called."""
        decorators = [] if isinstance(function, ast.Lambda) else function.decorator_list
        first = min(each.lineno for each in (function, *decorators))
        return self.called is None or first in self.called

    @functools.cached_property
    def _words(self) -> list[frozenset[str]]:
        """The words of each statement; "*" of one that takes all names of a module."""
        lines = re.split("\r\n|\r|\n", self.text.decode("utf-8", "replace"))
        found = []
        for each in self.statements:
            first = min(node.lineno for node in (each, *getattr(each, "decorator_list", ())))
            words = set(re.findall(r"\w+", "\n".join(lines[first - 1 : each.end_lineno])))
            if any(isinstance(node, ast.alias) and node.name == "*" for node in ast.walk(each)):
                words.add("*")
            found.append(frozenset(words))
        return found

    def may_use(self, words: set[str]) -> list[int]:
        """The numbers of the statements in which one of these words occurs, by itself or by another name that an import gives it; and
        of those that take all names of a module.
        """
        others = {name for name, meant in self.imports.items() if meant.rpartition(".")[2] in words}
        wanted = {*words, *others, "*"}
        return [number for number, each in enumerate(self._words) if not wanted.isdisjoint(each)]

    def choose(self, number: int, again: ast.stmt) -> None:
        """Run this in place of the statement with this number, and all that make the same names before or behind it."""
        self.chosen[number] = again
        self.spans[number] = [span(self.statements[number])]
        self.given |= names_given(again)

    def complete(self) -> Obstacle | None:
        """Choose all statements that set or delete given names, and return one that is in the way.

        A statement is in the way if a name can be left in another state than that of a usual start. Such a statement changes a
        value that no chosen statement before it sets, sets a name at some starts alone, or cannot be chosen.
        """
        before: set[str] = set()
        while before != self.given:
            before = set(self.given)
            for number, each in enumerate(self.statements):
                if number not in self.chosen and self.only_gives(each) and names_given(each) & self.given:
                    self.choose(number, each)
        stored_again = {each.id for node in self.chosen.values() for each in stored_names(node)}
        for number, each in enumerate(self.statements):
            deleting = self.again(each, stored_again) if isinstance(each, ast.Delete) else None
            if number not in self.chosen and deleting is not None:
                self.choose(number, deleting)
        return self._leaving(stored_again)

    def _leaving(self, stored_again: set[str]) -> Obstacle | None:
        """The statement for which a name that is stored again may keep what it had when the program was recorded, or lose what it had
        then.
        """
        made: set[str] = set()
        begun: set[str] = set()
        for number, each in enumerate(self.statements):
            chosen = self.chosen.get(number)
            if chosen is None:
                if begun & set(bound_names(each)):
                    return self.obstacle(each)
            elif isinstance(chosen, ast.Delete):
                made -= set(bound_names(chosen))
            else:
                if not (changed_names(chosen) | names_given_sometimes(chosen, self.given)) <= made:
                    return self.obstacle(each)
                made |= names_given_always([chosen], self.given)
                begun |= stored_again & set(bound_names(chosen))
        return None

    def obstacle(self, node: ast.stmt) -> Obstacle:
        """A statement of it that cannot be run again, as an obstacle."""
        return {"module": self.name, "line": node.lineno, "name": ""}

    def piece(self) -> Piece:
        """The statements to run again, in the order of the source."""
        numbers = sorted(self.chosen)
        chosen = [self.chosen[number] for number in numbers]
        statements = [_WithoutAnnotations().visit(node) for node in self._with_deleted(chosen)]
        body = ast.fix_missing_locations(ast.Module(statements, []))
        spans = [span for number in numbers for span in self.spans[number]]
        return {
            "module": self.name,
            "text": ast.unparse(body),
            "lines": [line for span in spans for line in span],
            "names": sorted(_names_set(body)),
        }

    def _with_deleted(self, chosen: list[ast.stmt]) -> list[ast.stmt]:
        """The statements, between imports of what they use and the module deletes, and its deletion."""
        used = {each.id for node in chosen for each in ast.walk(node) if isinstance(each, ast.Name)}
        deleted = {
            target.id
            for node in self.statements
            if isinstance(node, ast.Delete)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        imports: list[ast.stmt] = []
        names: dict[str, None] = {}
        for node in self.statements:
            if isinstance(node, ast.Import | ast.ImportFrom):
                found = {alias_name(alias): alias for alias in node.names if alias_name(alias) in used & deleted}
                if found:
                    aliases = list(found.values())
                    source = self.source_of(node) if isinstance(node, ast.ImportFrom) else None
                    imports.append(ast.ImportFrom(source, aliases, 0) if source else ast.Import(aliases))
                    names |= dict.fromkeys(found)
        ends = [ast.Delete([ast.Name(name, ast.Del())]) for name in names]
        return [*imports, *chosen, *ends]

    def source_of(self, node: ast.ImportFrom) -> str:
        """The absolute name of the module that a statement imports from."""
        is_package = self.path is not None and self.path.name == "__init__.py"
        package = self.name.split(".") if is_package else self.name.split(".")[:-1]
        above = package[: len(package) - node.level + 1] if node.level else []
        return ".".join((*above, *(node.module or "").split(".")) if node.module else above)


class _WithoutAnnotations(ast.NodeTransformer):
    """Makes annotated assignments plain ones: the module has the annotations, which may be texts there (`from __future__`)."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.stmt:  # noqa: N802 - the method's name is ast's
        return ast.Assign([node.target], node.value) if node.value is not None else ast.Pass()


def _names_set(root: ast.AST) -> set[str]:
    """The names that code gives values, or attributes or items of which it sets."""
    found: set[str] = set()
    for node in ast.walk(root):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.Attribute(value, ctx=ast.Store()) | ast.Subscript(value, ctx=ast.Store()):
                found |= {each.id for each in ast.walk(value) if isinstance(each, ast.Name)}
            case ast.alias(name, asname):
                found.add(asname or name)
    return found
