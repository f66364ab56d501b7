"""Scans a source file for facts about imports. Pure: it reports what is written, not what that resolves to.

Conditions that the target decides by itself (its platform, its version, type checking) are decided here; branches that
cannot run are not looked at.

The syntax tree is gone through once, for making it and going through it is what an analysis takes its time for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from .composed_names import literal_level, literal_package, modules_to_run, resolved
from .computed_names import ComputedNames
from .conditions import is_main_test, truth
from .flows import last_name
from .folders import AddedFolders, is_path_guard
from .lookups import SITE_BUILTINS, argument, encodings_of, library_of, named_codecs, site_builtins
from .schema import CONDITIONAL, DEFERRED, EAGER, OPTIONAL, Facts, ImportRow, Unreadable
from .syntax import (
    BROADER_ERRORS,
    CHILDREN,
    IMPORT_ERRORS,
    argument_names,
    caught,
    evaluated,
    is_import,
    suppresses_import_errors,
    type_parameters,
    written_strings,
)

# From the firmest to the loosest.
_ORDER = (EAGER, CONDITIONAL, OPTIONAL, DEFERRED)

_IMPORTERS = frozenset({"import_module", "__import__"})

# Texts that may name something outside the file: "package.module", "package.module:function", "group.of.entry-points".
_LONGEST_STRING = 80
_IMPORT_TEXT = re.compile(r"\s*(?:from|import)\s+([A-Za-z_][\w.]*)(?:\s+(?:import|as)\s|\s*\Z)")  # handed to exec()
# No statement imports a module `2ch`, but a computed import may.
_REFERENCE = re.compile(r"\.*\w[\w-]*(?:[.:][\w-]+)*\Z")

# A path of a source, relative to a folder that other code may know.
_SOURCE_FILE = re.compile(r"/?(?:\w+/)*\w+\.py\Z")

# Functions of `runpy`, `importlib.metadata` and `pkg_resources` whose first argument is a name.
_TAKING_NAMES = frozenset(
    "run_module version metadata distribution files requires get_distribution require load_entry_point".split()
)

# Exceptions of parsing and compiling; the last two are for files that are nested too deeply.
_UNCOMPILABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def scan(source: bytes, *, is_compiled: bool = False) -> Facts | Unreadable:
    """Facts about a file; why there are none when it has a syntax error.

    `is_compiled`: errors that only the compiler finds are errors too. They are few, and it takes as long as the rest.
    """
    try:
        tree = ast.parse(source)
        if is_compiled:
            compile(tree, "-", "exec", dont_inherit=True)
    except _UNCOMPILABLE as error:
        return _unreadable(error)
    scanner = _Scanner(AddedFolders() if _may_add_folders(source) else None)
    scanner.statements(tree.body, EAGER)
    computed = scanner.computed
    computed.finish(tree, scanner.strings, has_lazy_attributes=scanner.has_lazy_attributes)
    folders = scanner.added_folders
    strings = scanner.strings | computed.changed
    strings |= {found[1] for text in strings if (found := _IMPORT_TEXT.match(text))}
    return {
        "imports": scanner.imports,
        "globals": sorted(scanner.globals),
        "all": scanner.all,
        "main": scanner.main,
        "main_names": " ".join(sorted(scanner.main_names)),
        "dynamic": computed.lines,
        "families": computed.families,
        "patterns": computed.patterns,
        "arriving": [row for row in computed.arriving if len(row.text) <= _LONGEST_STRING],
        "has_lazy_attributes": scanner.has_lazy_attributes,
        "reads_stub": scanner.has_lazy_attributes and b"attach_stub" in source,
        "run_modules": sorted(scanner.run_modules),
        "source_files": sorted({*filter(_SOURCE_FILE.match, strings), *(folders.sources() if folders else ())}),
        "handed_over": scanner.handed_over(),
        "metadata": sorted(scanner.metadata) if _asks_for_metadata(scanner.imports) else [],
        "names": {user: " ".join(sorted(names)) for user, names in scanner.names.items() if names},
        "codecs": sorted(set(named_codecs(strings))),
        "strings": " ".join(sorted(filter(_REFERENCE.match, strings))),
        "any_codec": scanner.any_codec or computed.compiles_bytes,
        "libraries": sorted(computed.libraries),
        "search_folders": folders.found(in_package=False) if folders else [],
        "package_folders": folders.found(in_package=True) if folders else [],
        "folder_names": folders.constants() if folders else {},
        "listed_folders": folders.listings(computed.arrivals) if folders else [],
        "listing": computed.listing(),
        "loading": sorted({line for path, line in computed.loaded() if not folders or folders.place(path) is None}),
        "extends_path": b"extend_path" in source or b"declare_namespace" in source,
        "site_builtins": site_builtins(source) if scanner.names_site_builtins else [],
    }


def _unreadable(error: Exception) -> Unreadable:
    # A SyntaxError's text would repeat the place.
    return {
        "error": getattr(error, "msg", None) or str(error) or type(error).__name__,
        "line": getattr(error, "lineno", None) or 0,
    }


def _may_add_folders(source: bytes) -> bool:
    """True if the file mentions search paths, or its own place."""
    return b"__file__" in source or b"__path__" in source or b"sys.path" in source or b"addsitedir" in source


# The names that are loaded and bound in a scope, and those that it declares global.
_Scope = tuple[set[str], set[str], set[str]]

_COMPREHENSIONS = frozenset({ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp})

# Syntax whose objects C code makes, with modules that it imports when something is done with them: classes that have type
# parameters, and `T | None` (Objects/typevarobject.c, since 3.12); template strings that are copied or pickled
# (Objects/templateobject.c, since 3.14).
_NEEDED_BY_SYNTAX = {
    getattr(ast, name, None): module
    for name, module in {
        "TypeVar": "typing",
        "TypeVarTuple": "typing",
        "ParamSpec": "typing",
        "TemplateStr": "string.templatelib",
    }.items()
}


class _Scanner:
    """Goes through statements, with the firmest word that still holds where it is, and through their expressions.

    Names that code uses are kept by the *user*: the name without which the code does not run. That is the function
    it is in, or the class for a special method; "" for code that always runs.
    """

    def __init__(self, added_folders: AddedFolders | None) -> None:
        self.added_folders = added_folders
        self.imports: list[ImportRow] = []
        self.main: list[ImportRow] = []  # under `if __name__ == "__main__"`
        self.main_names: set[str] = set()
        self.computed = ComputedNames()
        self.has_lazy_attributes = False  # does a call give the module its `__getattr__` (PEP 562)?
        self.run_modules: set[str] = set()  # names behind "-m", or given to `runpy`
        self.metadata: set[str] = set()  # names of distributions that a look-up of metadata is given
        self._renamed: dict[str, str] = {}  # names of imported functions, by those that they have here
        self._imported: set[str] = set()  # names of modules
        self.globals: set[str] = set()
        self.all: list[str] | None = None
        self._arguments: set[str] = set()  # names that calls are given
        self.names: dict[str, set[str]] = {"": set()}
        self.strings: set[str] = set()  # short ones
        self.any_codec = False  # is there an encoding that is no constant?
        self.names_site_builtins = False
        self._user = ""
        self._class = ""
        self._lazy_argument: str | None = None
        self._is_module_level = True
        # The sets that uses are added to: names and attributes of the current user; loads of the current scope, without names
        # that it binds itself once it ends.
        self._used = self._loads = self.names[""]
        self._bound = self.globals
        self._declared: set[str] = set()  # by `global`
        # `try: import a` is an attempt with a number; imports in its handlers are the fallback of that number.
        self._attempts = 0
        self._attempt = 0
        self._fallback = 0

    # --- Statements ---

    def statements(self, body: Sequence[ast.stmt], binding: str) -> None:
        """Look through statements that stand side by side."""
        for node in body:
            handler = self._HANDLERS.get(type(node))
            if handler is not None:
                handler(self, node, binding)
            else:
                self._look([node], binding)

    def _import(self, node: ast.Import, binding: str) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self._add(node, binding, alias.name, None, 0, name)
            self._used.add(alias.name)
            self._bound.add(name)

    def _import_from(self, node: ast.ImportFrom, binding: str) -> None:
        names = [alias.name for alias in node.names]
        self._renamed.update((alias.asname, alias.name) for alias in node.names if alias.asname)
        bound = [alias.asname or alias.name for alias in node.names]
        self._add(node, binding, node.module or "", names, node.level, bound[0] if len(bound) == 1 else "")
        self._used.update(names)
        self._bound.update(bound)

    def _add(  # noqa: PLR0913  # the parts of an import
        self, node: ast.stmt | ast.expr, binding: str, name: str, names: list[str] | None, level: int, bound: str = ""
    ) -> None:
        user = self._user
        if getattr(node, "is_lazy", False):  # PEP 810: it happens when the name is used
            binding = _loosest(binding, DEFERRED)
            user = user or bound
        row = ImportRow(name, names, level, binding, node.lineno, self._attempt, self._fallback, user)
        self.imports.append(row)
        self._imported.add(name)

    def _expression(self, node: ast.Expr, binding: str) -> None:
        match node.value:
            case ast.Constant():  # a docstring
                return
            case ast.Call(ast.Attribute(ast.Name("__all__"), "extend" | "append"), [value]) if self._is_module_level:
                self.all = [*(self.all or ()), *written_strings(value)]
        self._look([node.value], binding)

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, binding: str) -> None:
        if self.added_folders:
            self.added_folders.assigned(node, is_certain=binding == EAGER)
        if self._is_module_level:
            self._note_all(node)
            self._note_lazy_attributes(node)
        self.computed.assigned(node, is_module_level=self._is_module_level)
        if isinstance(node, ast.AnnAssign) and self._user:
            # Annotations of a function's own names are not evaluated.
            self._look([node.target, *([node.value] if node.value else ())], binding)
        else:
            self._look([node], binding)

    def _note_lazy_attributes(self, node: ast.stmt) -> None:
        """`__getattr__, __dir__, __all__ = attach(...)`."""
        match node:
            case ast.Assign([target], ast.Call()):
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                self.has_lazy_attributes |= any(
                    isinstance(each, ast.Name) and each.id == "__getattr__" for each in names
                )

    def _note_all(self, node: ast.stmt) -> None:
        """`__all__ = [...]` and `__all__ += [...]`, where the names are written out."""
        match node:
            case ast.Assign([ast.Name("__all__")], value) | ast.AnnAssign(ast.Name("__all__"), value=value) if value:
                self.all = written_strings(value)
            case ast.AugAssign(ast.Name("__all__"), ast.Add(), value):
                self.all = [*(self.all or ()), *written_strings(value)]

    def _declare(self, node: ast.Global, _binding: str) -> None:
        self.globals.update(node.names)
        self._declared.update(node.names)

    def _if(self, node: ast.If, binding: str) -> None:
        test = node.test
        if is_main_test(test):
            self._main(node, binding)
            return
        self._look([test], binding)
        match test:
            case ast.Compare(ast.Name(name), [ast.Eq()], [ast.Constant(str(attribute))]) if name == self._lazy_argument:
                # A module's `__getattr__` (PEP 562): imports for the one attribute.
                outside, self._user = self._user, attribute
                self.statements(node.body, binding)
                self._user = outside
                self.statements(node.orelse, binding)
                return
        known = truth(test)
        inner = binding if known is not None or is_path_guard(test) else _loosest(binding, CONDITIONAL)
        if known is not False:
            self.statements(node.body, inner)
        if known is not True:
            self.statements(node.orelse, inner)

    def _main(self, node: ast.If, binding: str) -> None:
        """Look at statements that only the program itself executes."""
        outside = self.imports, self._used, self._loads
        self.imports = self.main
        self._used = self._loads = self.main_names
        self.statements(node.body, binding)
        self.imports, self._used, self._loads = outside
        self.statements(node.orelse, binding)

    def _try(self, node: ast.Try | ast.TryStar, binding: str) -> None:
        for handler in node.handlers:
            if handler.type is not None:
                self._look([handler.type], binding)
            if handler.name and self._user:
                self._bound.add(handler.name)
        exceptions = caught(node.handlers)
        if not exceptions & (IMPORT_ERRORS | BROADER_ERRORS):
            for body in (node.body, node.orelse, node.finalbody):
                self.statements(body, binding)
            for handler in node.handlers:
                self.statements(handler.body, _loosest(binding, CONDITIONAL))
            return
        guarded = _loosest(binding, OPTIONAL)
        outside = self._attempt, self._fallback
        self._attempts += 1
        attempt = self._attempts
        self._attempt = attempt
        before = len(self.imports), len(self.computed.lines)
        self.statements(node.body, guarded)
        self._attempt = outside[0]
        # The handlers' imports stand in for what was tried: unless that may fail for other reasons than its imports.
        is_attempt = len(self.imports) > before[0] and len(self.computed.lines) == before[1]
        if is_attempt and (not exceptions & BROADER_ERRORS or all(map(is_import, node.body))):
            self._fallback = attempt
        for handler in node.handlers:
            self.statements(handler.body, guarded)
        self._fallback = outside[1]
        self.statements(node.orelse, guarded)
        self.statements(node.finalbody, binding)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, binding: str) -> None:
        self._bound.add(node.name)
        arguments = node.args
        self._look([*node.decorator_list, *type_parameters(node), *evaluated(arguments)], binding)
        outside = self._user, self._used, self._lazy_argument, self._is_module_level
        if not self._user:
            self._user = user(node.name, self._class)
            self._used = self.names.setdefault(self._user, set())
            is_lazy = node.name == "__getattr__" and not self._class and arguments.args
            self._lazy_argument = arguments.args[0].arg if is_lazy else None
        self._is_module_level = False
        scope = self._enter(set(argument_names(arguments)))
        self.statements(node.body, DEFERRED)
        loads = self._leave(scope)
        (self._loads if outside[0] else self._used).update(loads)
        self._user, self._used, self._lazy_argument, self._is_module_level = outside

    def _enter(self, bound: set[str]) -> _Scope:
        """Begin the scope of a function, lambda or comprehension with the names that it binds; what was around it."""
        outside = self._loads, self._bound, self._declared
        self._loads, self._bound, self._declared = set(), bound, set()
        return outside

    def _leave(self, outside: _Scope) -> set[str]:
        """End a scope; the names that it loads from around it."""
        loads = self._loads - (self._bound - self._declared)
        self._loads, self._bound, self._declared = outside
        return loads

    def _class_body(self, node: ast.ClassDef, binding: str) -> None:
        self._bound.add(node.name)
        keywords = (keyword.value for keyword in node.keywords)
        self._look([*node.decorator_list, *type_parameters(node), *node.bases, *keywords], binding)
        outside = self._class, self._is_module_level, self._bound
        self._class, self._is_module_level, self._bound = node.name, False, set()
        self.statements(node.body, binding)
        self._class, self._is_module_level, self._bound = outside

    def _match(self, node: ast.Match, binding: str) -> None:
        self._look([node.subject], binding)
        for case in node.cases:
            self._look([case.pattern, *([case.guard] if case.guard else ())], binding)
            self.statements(case.body, _loosest(binding, CONDITIONAL))

    def _with(self, node: ast.With | ast.AsyncWith, binding: str) -> None:
        self._look([*node.items], binding)
        suppresses = any(suppresses_import_errors(item.context_expr) for item in node.items)
        self.statements(node.body, _loosest(binding, OPTIONAL) if suppresses else binding)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, binding: str) -> None:
        self._look([node.test] if isinstance(node, ast.While) else [node.target, node.iter], binding)
        if not isinstance(node, ast.While):
            self.computed.loops.append((node.target, node.iter))
        self.statements(node.body, binding)
        self.statements(node.orelse, binding)

    # --- Expressions ---

    def _look(self, nodes: list[Any], binding: str) -> None:
        """Go through expressions, or simple statements: names, attributes, strings, calls."""
        loads, bound, used, strings = self._loads, self._bound, self._used, self.strings
        while nodes:
            node = nodes.pop()
            kind = type(node)
            if kind is ast.Name:
                (bound if type(node.ctx) is ast.Store else loads).add(node.id)
                if node.id == "__file__":
                    self.computed.own_places.append(node)
            elif kind is ast.Constant:
                value = node.value
                if type(value) is str and len(value) <= _LONGEST_STRING:
                    strings.add(value)
            elif kind is ast.Attribute:
                used.add(node.attr)
                nodes.append(node.value)
            elif kind is ast.Call:
                self._call(node, binding)
                nodes.append(node.func)
                nodes += node.args
                nodes += [keyword.value for keyword in node.keywords]
            elif kind is ast.JoinedStr:
                self.computed.composed.append(node)
                nodes += node.values
            elif kind is ast.Lambda:
                nodes += evaluated(node.args)
                self._look_inside(set(argument_names(node.args)), [node.body], DEFERRED)
            elif kind in _COMPREHENSIONS:
                self.computed.loops += ((each.target, each.iter) for each in node.generators)
                self._look_inside(set(), [getattr(node, name) for name in CHILDREN[kind]], binding)
            else:
                if kind in (ast.MatchAs, ast.MatchStar) and node.name:
                    bound.add(node.name)
                elif kind in _NEEDED_BY_SYNTAX:
                    self._add(node, binding, _NEEDED_BY_SYNTAX[kind], None, 0)
                elif kind is ast.BinOp and type(node.op) in (ast.Mod, ast.Add):
                    self.computed.composed.append(node)
                elif kind is ast.BinOp and type(node.op) is ast.Div and self.added_folders:
                    self.added_folders.joined(node, node.right)
                elif kind in (ast.List, ast.Tuple):
                    self.run_modules.update(modules_to_run(node.elts))
                for name in CHILDREN[kind]:
                    value = getattr(node, name)
                    if type(value) is list:
                        nodes += value
                    elif value is not None:
                        nodes.append(value)
        if not loads.isdisjoint(SITE_BUILTINS):
            self.names_site_builtins = True

    def _look_inside(self, bound: set[str], nodes: list[Any], binding: str) -> None:
        """Go through the scope of a lambda or comprehension."""
        scope = self._enter(bound)
        for node in nodes:
            self._look([*node] if type(node) is list else [node], binding)
        loads = self._leave(scope)
        self._loads |= loads

    def _call(self, node: ast.Call, binding: str) -> None:
        if self.added_folders:
            self.added_folders.called(node, is_certain=binding == EAGER)
        function = node.func
        name = last_name(function)
        name = self._renamed.get(name, name) if name else name
        first = argument(node, 0, "name")
        self._arguments.update(each.id for each in node.args if type(each) is ast.Name)
        if name in _IMPORTERS and first is not None:
            self._import_call(node, first, binding)
        elif name == "map" and len(node.args) > 1 and last_name(node.args[0]) in _IMPORTERS:
            self.computed.imported(node, node.args[1])
        self.computed.called(node, name, first)
        if name in _TAKING_NAMES and node.args and isinstance(node.args[0], ast.Constant):
            text = node.args[0].value
            if isinstance(text, str) and text:
                (self.run_modules if name == "run_module" else self.metadata).add(text)
        if (opened := library_of(node, name)) is not None:
            self.computed.opened.append(opened)
        if any(type(value) is not ast.Constant for value in encodings_of(node, name, self._imported)):
            self.any_codec = True

    def _import_call(self, node: ast.Call, imported: ast.expr, binding: str) -> None:
        """`import_module(...)` or `__import__(...)`: with a literal name, or one that begins with one."""
        match imported:
            case ast.Constant(str(name)) if name.startswith(".") and (package := literal_package(node)):
                self._add(node, binding, resolved(name, package), None, 0)
            case ast.Constant(str(name)):
                level = len(name) - len(name.lstrip("."))
                self._add(node, binding, name[level:], None, level + literal_level(node))
            case _:
                self.computed.imported(node, imported)

    def handed_over(self) -> list[str]:
        """Imported names, as other files know them, that calls are given as arguments."""
        found = {self._renamed.get(name, name) for name in self._arguments}
        return sorted(found & {name for row in self.imports for name in row.names or (row.name,)})

    _HANDLERS: ClassVar[dict[type[ast.stmt], Callable[[Any, Any, str], None]]] = {
        ast.Import: _import,
        ast.ImportFrom: _import_from,
        ast.Expr: _expression,
        ast.Assign: _assign,
        ast.AnnAssign: _assign,
        ast.AugAssign: _assign,
        ast.Global: _declare,
        ast.If: _if,
        ast.Try: _try,
        ast.TryStar: _try,
        ast.FunctionDef: _function,
        ast.AsyncFunctionDef: _function,
        ast.ClassDef: _class_body,
        ast.Match: _match,
        ast.With: _with,
        ast.AsyncWith: _with,
        ast.For: _loop,
        ast.AsyncFor: _loop,
        ast.While: _loop,
    }


def user(function: str, class_name: str) -> str:
    """The name without whose use a function is not called: a special method runs when its class is used."""
    return class_name if function.startswith("__") and function.endswith("__") else function


def _asks_for_metadata(imports: Iterable[ImportRow]) -> bool:
    return any(
        row.name in ("importlib.metadata", "importlib_metadata", "pkg_resources")
        or (row.name == "importlib" and row.names is not None and "metadata" in row.names)
        for row in imports
    )


def _loosest(first: str, second: str) -> str:
    return max(first, second, key=_ORDER.index)
