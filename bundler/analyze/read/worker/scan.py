"""Scans a source file for facts about imports. Pure: it reports what is written, not what that resolves to.

Conditions that the target decides by itself (its platform, its version, type checking) are decided here; branches that
cannot run are not looked at.

The syntax tree is gone through once, for making it and going through it is what an analysis takes its time for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from .composed_names import (
    CHANGING,
    alternatives_in,
    changed,
    changes_of,
    choices_of,
    literal_level,
    literal_package,
    modules_to_run,
    pattern_of,
    resolved,
    texts_of,
    variants,
)
from .conditions import dotted, is_main_test, truth
from .folders import AddedFolders, is_path_guard
from .lookups import SITE_BUILTINS, argument, encodings_of, library_of, named_codecs, site_builtins
from .schema import CONDITIONAL, DEFERRED, EAGER, OPTIONAL, Facts, FamilyRow, ImportRow, LibraryRow, Unreadable

# From the firmest to the loosest.
_ORDER = (EAGER, CONDITIONAL, OPTIONAL, DEFERRED)

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
_BROADER_ERRORS = frozenset({"Exception", "BaseException"})

_IMPORTERS = frozenset({"import_module", "__import__"})

# Texts that may name something outside the file: "package.module", "package.module:function", "group.of.entry-points".
_LONGEST_STRING = 80
_IMPORT_TEXT = re.compile(r"\s*(?:from|import)\s+([A-Za-z_][\w.]*)(?:\s+(?:import|as)\s|\s*\Z)")  # handed to exec()
# No statement imports a module `2ch`, but a computed import may.
_REFERENCE = re.compile(r"\.*\w[\w-]*(?:[.:][\w-]+)*\Z")

# A full name of a module, or one that begins with dots.
_MODULE_NAME = re.compile(r"\.*\w+(?:\.\w+)*\Z")

# A name of a module with stars in it, but for its beginning.
_MODULE_PATTERN = re.compile(r"\.*\w+(?:\.[\w*]+)*\.[\w.]*\*[\w.*]*\Z")

# A name that the dynamic linker looks for in its folders: no path, and no part is computed.
_LIBRARY_NAME = re.compile(r"[\w.+-]+\Z")

# A path of a source, relative to a folder that other code may know.
_SOURCE_FILE = re.compile(r"/?(?:\w+/)*\w+\.py\Z")

_SONAME = re.compile(r"lib[\w+-][\w.+-]*\.so(\.\d+)*\Z")

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
    scanner.finish()
    strings = scanner.strings
    strings |= {found[1] for text in strings if (found := _IMPORT_TEXT.match(text))}
    return {
        "imports": scanner.imports,
        "globals": sorted(scanner.globals),
        "all": scanner.all,
        "main": scanner.main,
        "main_names": " ".join(sorted(scanner.main_names)),
        "dynamic": scanner.dynamic,
        "families": scanner.families,
        "patterns": scanner.patterns,
        "has_lazy_attributes": scanner.has_lazy_attributes,
        "reads_stub": scanner.has_lazy_attributes and b"attach_stub" in source,
        "run_modules": sorted(scanner.run_modules),
        "source_files": sorted({*filter(_SOURCE_FILE.match, strings), *_sources_in(scanner.added_folders)}),
        "handed_over": scanner.handed_over(),
        "metadata": sorted(scanner.metadata) if _asks_for_metadata(scanner.imports) else [],
        "names": {user: " ".join(sorted(names)) for user, names in scanner.names.items() if names},
        "codecs": sorted(set(named_codecs(strings))),
        "strings": " ".join(sorted(filter(_REFERENCE.match, strings))),
        "any_codec": scanner.any_codec,
        "libraries": sorted(scanner.libraries),
        "search_folders": scanner.added_folders.found(in_package=False) if scanner.added_folders else [],
        "package_folders": scanner.added_folders.found(in_package=True) if scanner.added_folders else [],
        "folder_names": scanner.added_folders.constants() if scanner.added_folders else {},
        "extends_path": b"extend_path" in source or b"declare_namespace" in source,
        "site_builtins": site_builtins(source) if scanner.names_site_builtins else [],
    }


def _unreadable(error: Exception) -> Unreadable:
    # A SyntaxError's text would repeat the place.
    return {
        "error": getattr(error, "msg", None) or str(error) or type(error).__name__,
        "line": getattr(error, "lineno", None) or 0,
    }


def _sources_in(folders: AddedFolders | None) -> Iterable[str]:
    return folders.sources() if folders else ()


def _may_add_folders(source: bytes) -> bool:
    """True if the file mentions search paths, or its own place."""
    return b"__file__" in source or b"__path__" in source or b"sys.path" in source or b"addsitedir" in source


class _Children(dict[type, tuple[str, ...]]):
    """The fields of each kind of node that hold other nodes."""

    _OTHERS = frozenset("ctx op ops id attr arg level conversion kind type_comment simple is_async".split())

    def __missing__(self, kind: type) -> tuple[str, ...]:
        self[kind] = tuple(name for name in getattr(kind, "_fields", ()) if name not in self._OTHERS)
        return self[kind]


_CHILDREN = _Children()

# The names that are loaded and bound in a scope, and those that it declares global.
_Scope = tuple[set[str], set[str], set[str]]

# Literals that hold several values.
_TABLES = frozenset({ast.List, ast.Tuple, ast.Set, ast.Dict})

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


# Modules of the top level that begin with less are too many to be meant.
_SHORTEST_TOP_STEM = 4


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
        self.dynamic: list[int] = []  # lines of imports whose name is computed
        self.families: list[FamilyRow] = []
        self.patterns: list[str] = []  # "package.*.name", "package.name": composed texts that may be names of modules
        self.has_lazy_attributes = False  # does a call give the module its `__getattr__` (PEP 562)?
        self.run_modules: set[str] = set()  # names behind "-m", or given to `runpy`
        self.metadata: set[str] = set()  # names of distributions that a look-up of metadata is given
        self._renamed: dict[str, str] = {}  # names of imported functions, by those that they have here
        self._constants: dict[str, str] = {}  # texts of the module's variables
        self._tables: list[tuple[str, ast.expr]] = []  # literals that hold texts, by the names of variables
        self._loops: list[tuple[ast.expr, ast.expr]] = []  # variables, and what they go through
        self._changing: list[ast.expr] = []  # calls of methods that may change texts
        self._computed: list[tuple[ast.expr, str, int, int]] = []
        self._looked_up: list[int] = []  # lines where the spec of a module with a computed name is asked for
        self._makes_modules = False  # of specs, as importlib's recipe for lazy imports does
        self._composed: list[ast.expr] = []
        self._alternatives: dict[str, set[str]] = {}  # texts that variables of functions are given
        self.globals: set[str] = set()
        self.all: list[str] | None = None
        self._arguments: set[str] = set()  # names that calls are given
        self.names: dict[str, set[str]] = {"": set()}
        self.strings: set[str] = set()  # short ones
        self.libraries: set[LibraryRow] = set()  # that are opened by a literal name
        self._opened: list[tuple[ast.expr, bool]] = []
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

    def _expression(self, node: ast.Expr, binding: str) -> None:
        match node.value:
            case ast.Constant():  # a docstring
                return
            case ast.Call(ast.Attribute(ast.Name("__all__"), "extend" | "append"), [value]) if self._is_module_level:
                self.all = [*(self.all or ()), *_strings(value)]
        self._look([node.value], binding)

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, binding: str) -> None:
        if self.added_folders:
            self.added_folders.assigned(node, is_certain=binding == EAGER)
        if self._is_module_level:
            self._note_all(node)
            self._note_variable(node)
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name) and node.value is not None:
            if type(node.value) in _TABLES:
                self._tables.append((target.id, node.value))
            elif not isinstance(node, ast.AugAssign) and (
                not self._is_module_level or isinstance(node.value, ast.IfExp)
            ):
                texts = alternatives_in(node.value)
                if texts:
                    self._alternatives.setdefault(target.id, set()).update(texts)
        if isinstance(node, ast.AnnAssign) and self._user:
            # Annotations of a function's own names are not evaluated.
            self._look([node.target, *([node.value] if node.value else ())], binding)
        else:
            self._look([node], binding)

    def _note_variable(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        match node:
            case (
                ast.Assign([ast.Name(name)], ast.Constant(str(text)))
                | ast.AnnAssign(ast.Name(name), value=ast.Constant(str(text)))
            ):
                self._constants[name] = text
            case ast.Assign([target], ast.Call()):
                names = target.elts if isinstance(target, ast.Tuple) else [target]
                self.has_lazy_attributes |= any(
                    isinstance(each, ast.Name) and each.id == "__getattr__" for each in names
                )

    def _note_all(self, node: ast.stmt) -> None:
        """`__all__ = [...]` and `__all__ += [...]`, where the names are written out."""
        match node:
            case ast.Assign([ast.Name("__all__")], value) | ast.AnnAssign(ast.Name("__all__"), value=value) if value:
                self.all = _strings(value)
            case ast.AugAssign(ast.Name("__all__"), ast.Add(), value):
                self.all = [*(self.all or ()), *_strings(value)]

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
        caught = _caught(node.handlers)
        if not caught & (_IMPORT_ERRORS | _BROADER_ERRORS):
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
        before = len(self.imports), len(self.dynamic)
        self.statements(node.body, guarded)
        self._attempt = outside[0]
        # The handlers' imports stand in for what was tried: unless that may fail for other reasons than its imports.
        is_attempt = len(self.imports) > before[0] and len(self.dynamic) == before[1]
        if is_attempt and (not caught & _BROADER_ERRORS or all(map(_is_import, node.body))):
            self._fallback = attempt
        for handler in node.handlers:
            self.statements(handler.body, guarded)
        self._fallback = outside[1]
        self.statements(node.orelse, guarded)
        self.statements(node.finalbody, binding)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, binding: str) -> None:
        self._bound.add(node.name)
        arguments = node.args
        self._look([*node.decorator_list, *_type_parameters(node), *_evaluated(arguments)], binding)
        outside = self._user, self._used, self._lazy_argument, self._is_module_level
        if not self._user:
            self._user = user(node.name, self._class)
            self._used = self.names.setdefault(self._user, set())
            is_lazy = node.name == "__getattr__" and not self._class and arguments.args
            self._lazy_argument = arguments.args[0].arg if is_lazy else None
        self._is_module_level = False
        scope = self._enter(set(_argument_names(arguments)))
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
        self._look([*node.decorator_list, *_type_parameters(node), *node.bases, *keywords], binding)
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
        suppresses = any(_suppresses_import_errors(item.context_expr) for item in node.items)
        self.statements(node.body, _loosest(binding, OPTIONAL) if suppresses else binding)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, binding: str) -> None:
        self._look([node.test] if isinstance(node, ast.While) else [node.target, node.iter], binding)
        if not isinstance(node, ast.While):
            self._loops.append((node.target, node.iter))
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
                self._composed.append(node)
                nodes += node.values
            elif kind is ast.Lambda:
                nodes += _evaluated(node.args)
                self._look_inside(set(_argument_names(node.args)), [node.body], DEFERRED)
            elif kind in _COMPREHENSIONS:
                self._loops += ((each.target, each.iter) for each in node.generators)
                self._look_inside(set(), [getattr(node, name) for name in _CHILDREN[kind]], binding)
            else:
                if kind in (ast.MatchAs, ast.MatchStar) and node.name:
                    bound.add(node.name)
                elif kind in _NEEDED_BY_SYNTAX:
                    self._add(node, binding, _NEEDED_BY_SYNTAX[kind], None, 0)
                elif kind is ast.BinOp and type(node.op) is ast.Mod:
                    self._composed.append(node)
                elif kind is ast.BinOp and type(node.op) is ast.Div and self.added_folders:
                    self.added_folders.joined(node, node.right)
                elif kind in (ast.List, ast.Tuple):
                    self.run_modules.update(modules_to_run(node.elts))
                for name in _CHILDREN[kind]:
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
        name = getattr(function, "attr", None) or getattr(function, "id", None)
        name = self._renamed.get(name, name) if name else name
        first = argument(node, 0, "name")
        self._arguments.update(each.id for each in node.args if type(each) is ast.Name)
        if name in _IMPORTERS and first is not None:
            self._import_call(node, first, binding)
        if name == "find_spec" and first is not None and not isinstance(first, ast.Constant):
            self._looked_up.append(node.lineno)
        elif name == "module_from_spec":
            self._makes_modules = True
        if name in ("format", "join"):
            self._composed.append(node)
        elif name in CHANGING:
            self._changing.append(node)
        if name in _TAKING_NAMES and node.args and isinstance(node.args[0], ast.Constant):
            text = node.args[0].value
            if isinstance(text, str) and text:
                (self.run_modules if name == "run_module" else self.metadata).add(text)
        if (opened := library_of(node, name)) is not None:
            self._opened.append(opened)
        if any(type(value) is not ast.Constant for value in encodings_of(node, name)):
            self.any_codec = True

    def _import_call(self, node: ast.Call, imported: ast.expr, binding: str) -> None:
        """`import_module(...)` or `__import__(...)`: with a literal name, or one that begins with one."""
        package, above = literal_package(node), literal_level(node)
        match imported:
            case ast.Constant(str(name)) if name.startswith(".") and package:
                self._add(node, binding, resolved(name, package), None, 0)
            case ast.Constant(str(name)):
                level = len(name) - len(name.lstrip("."))
                self._add(node, binding, name[level:], None, level + above)
            case computed:
                self.dynamic.append(node.lineno)
                self._computed.append((computed, package, above, node.lineno))

    def handed_over(self) -> list[str]:
        """Imported names, as other files know them, that calls are given as arguments."""
        found = {self._renamed.get(name, name) for name in self._arguments}
        return sorted(found & {name for row in self.imports for name in row.names or (row.name,)})

    def finish(self) -> None:
        """Say what composed texts mean, now that the module's variables are known."""
        if self._makes_modules:  # else it only asks whether something is installed
            self.dynamic += self._looked_up
        choices = choices_of(self._tables, self._loops) if self._computed or self._opened else {}
        named_modules: set[str] = set()
        for computed, package, above, line in self._computed:
            for known in variants(computed, self._constants, self._alternatives):
                self._add_family("." * above + pattern_of(computed, known).partition("*")[0], package, line)
                texts = {"." * above + text for text in texts_of(computed, known, choices)}
                named_modules |= {
                    resolved(text, package) if text.startswith(".") and package else text for text in texts
                }
        for named, is_short in self._opened:
            for library in texts_of(named, self._constants, choices):
                if library == "*":  # a file that opens any library has its names in a table
                    self.libraries |= {LibraryRow(text, False) for text in self.strings if _SONAME.match(text)}
                elif _LIBRARY_NAME.match(library) and (is_short or ".so" in library):
                    self.libraries.add(LibraryRow(library, is_short))
        if self.dynamic or self.has_lazy_attributes:
            found = {
                pattern_of(node, known)
                for node in self._composed
                for known in variants(node, self._constants, self._alternatives)
            }
            self.patterns = sorted({*filter(_MODULE_PATTERN.match, found), *filter(_MODULE_NAME.match, named_modules)})
            # A name that is made by `.replace()` may be handed on before it is imported, and be of any table.
            every = {changes_of(node)[1] for node in self._changing}
            replacing = [changes for changes in every if any(method == "replace" for method, _ in changes)]
            self.strings |= {changed(text, changes) for text in self.strings for changes in replacing}

    def _add_family(self, start: str, package: str, line: int) -> None:
        """Modules whose names begin with a text: `import_module(f"package.backend_{name}")`."""
        level = len(start) - len(start.lstrip("."))
        if level and package:
            start, level = resolved(start, package), 0
        parent, dot, stem = start[level:].rpartition(".")
        if level or dot or len(stem) >= _SHORTEST_TOP_STEM:
            self.families.append(FamilyRow(parent, level, stem, line))
        elif package:
            self.families.append(FamilyRow(package, 0, "", line))

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


def _type_parameters(node: ast.stmt) -> list[Any]:
    """`T` in `def f[T]`, or `class C[T]` (PEP 695)."""
    return getattr(node, "type_params", [])


def _evaluated(arguments: ast.arguments) -> Iterator[ast.expr]:
    """Defaults and annotations: evaluated where the function is defined."""
    yield from arguments.defaults
    yield from filter(None, arguments.kw_defaults)
    yield from (each.annotation for each in _each(arguments) if each.annotation is not None)


def _argument_names(arguments: ast.arguments) -> Iterator[str]:
    return (each.arg for each in _each(arguments))


def _each(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from arguments.posonlyargs
    yield from arguments.args
    yield from arguments.kwonlyargs
    yield from filter(None, (arguments.vararg, arguments.kwarg))


def _caught(handlers: Sequence[ast.ExceptHandler]) -> set[str]:
    """The last names of the exceptions that handlers catch."""
    found = set()
    for handler in handlers:
        if handler.type is None:
            found.add("BaseException")
        else:
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            found |= {(dotted(kind) or "").rpartition(".")[2] for kind in kinds}
    return found


def _is_import(node: ast.stmt) -> bool:
    """True if a statement can fail for no other reason than an import."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Pass() | ast.Assign(value=ast.Constant()):
            return True
        case _:
            return False


def _asks_for_metadata(imports: Iterable[ImportRow]) -> bool:
    return any(
        row.name in ("importlib.metadata", "importlib_metadata", "pkg_resources")
        or (row.name == "importlib" and row.names is not None and "metadata" in row.names)
        for row in imports
    )


def _loosest(first: str, second: str) -> str:
    return max(first, second, key=_ORDER.index)


def _suppresses_import_errors(node: ast.expr) -> bool:
    match node:
        case ast.Call(function, arguments):
            is_suppress = (dotted(function) or "").rpartition(".")[2] == "suppress"
            names = {(dotted(argument) or "").rpartition(".")[2] for argument in arguments}
            return is_suppress and not names.isdisjoint(_IMPORT_ERRORS | _BROADER_ERRORS)
        case _:
            return False


def _strings(node: ast.expr) -> list[str]:
    if isinstance(node, ast.BinOp):
        return [*_strings(node.left), *_strings(node.right)]
    elements = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    return [e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)]
