"""One source file in, import facts out. Pure: says what is written there, not what it resolves to.

Conditions that the target decides by itself (its platform, its version, type checking) are decided here; branches that
cannot run are not looked at.
"""

from __future__ import annotations

import ast
import encodings
import encodings.aliases
import operator
import os
import pkgutil
import posixpath
import re
import symtable
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import CodeType
from typing import Any

# The words that bundler.analyze.facts understands, from the firmest to the loosest.
EAGER = "eager"
CONDITIONAL = "conditional"
OPTIONAL = "optional"
DEFERRED = "deferred"

# Builtins that `site` adds (Lib/site.py, setquit, setcopyright and sethelper).
SITE_BUILTINS = frozenset({"exit", "quit", "copyright", "credits", "license", "help"})

_SITE_NAMES = tuple(name.encode() for name in sorted(SITE_BUILTINS))

_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

_COMPARISONS: dict[type[ast.cmpop], Any] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}

# What sources compare to find out where they run.
_KNOWN_ATTRIBUTES = {
    "sys.platform": sys.platform,
    "os.name": os.name,
    "sys.version_info": tuple(sys.version_info),
    "sys.version_info.major": sys.version_info.major,
    "sys.version_info.minor": sys.version_info.minor,
    "sys.hexversion": sys.hexversion,
    "sys.implementation.name": sys.implementation.name,
    "sys.byteorder": sys.byteorder,
}

_UNKNOWN = object()

_CODECS = frozenset(module.name for module in pkgutil.iter_modules(encodings.__path__)) - {"aliases"}

# What may name something outside the file: "package.module", "package.module:function", "group.of.entry-points".
_LONGEST_STRING = 80
_IMPORT_TEXT = re.compile(r"\s*(?:from|import)\s+([A-Za-z_][\w.]*)(?:\s+(?:import|as)\s|\s*\Z)")  # handed to exec()
_REFERENCE = re.compile(r"\.*[A-Za-z_][\w-]*(?:[.:][\w-]+)*\Z")

# What parsing and compiling a file may raise: the last two when it is nested too deeply.
_UNCOMPILABLE = (SyntaxError, ValueError, RecursionError, MemoryError)

_OPTIMIZED = 0x1  # CO_OPTIMIZED: the code of a function, not of a module or class body


def scan(source: bytes) -> dict[str, Any]:
    """Facts about a file, as plain JSON; `error` and its line when it has a syntax error."""
    try:
        tree = ast.parse(source)
    except _UNCOMPILABLE as error:
        return _unreadable(error)
    try:
        code = compile(tree, "-", "exec", dont_inherit=True)
    except _UNCOMPILABLE as error:
        return _unreadable(error)
    strings = set(_strings_in(code))
    strings |= {found[1] for text in strings if (found := _IMPORT_TEXT.match(text))}
    scanner = _Scanner()
    scanner.statements(tree.body)
    # Expressions are only looked through where one of these words is in the text at all.
    if b"import_module" in source or b"__import__" in source:
        scanner.dynamic_imports(tree)
    return {
        "imports": scanner.imports,
        "globals": sorted(scanner.globals),
        "all": scanner.all,
        "main": scanner.main,
        "dynamic": scanner.dynamic,
        "families": scanner.families,
        "names": _names_by_user(tree, code),
        "codecs": sorted(set(_named_codecs(strings))),
        "strings": " ".join(sorted(filter(_REFERENCE.match, strings))),
        "any_codec": b"cod" in source and _computes_codecs(tree),
        "search_folders": sorted(set(_added_folders(tree))) if b"sys" in source and b"__file__" in source else [],
        "extends_path": b"extend_path" in source or b"declare_namespace" in source,
        "site_builtins": _site_builtins(source) if any(name in source for name in _SITE_NAMES) else [],
    }


def _added_folders(tree: ast.Module) -> Iterator[str]:
    """Folders that the file puts on `sys.path`, relative to its own, where it says so with `__file__`."""
    values = {
        node.targets[0].id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(tree):
        added: list[ast.expr] = []
        match node:
            case ast.Call(ast.Attribute(attr="insert") as function, [_, folder]) if _is_search_path(function.value):
                added = [folder]
            case ast.Call(ast.Attribute(attr="append") as function, [folder]) if _is_search_path(function.value):
                added = [folder]
            case ast.Call(ast.Attribute(attr="extend") as function, [ast.List(folders)]) if _is_search_path(
                function.value
            ):
                added = folders
            case ast.AugAssign(target, ast.Add(), ast.List(folders)) if _is_search_path(target):
                added = folders
            case ast.Call(ast.Attribute(attr="addsitedir"), [folder]):
                added = [folder]
        for each in added:
            relative = _relative_to_file(each, values)
            if relative is not None:
                yield relative


def _is_search_path(node: ast.expr) -> bool:
    return _dotted(node) == "sys.path"


# The file itself, as a path relative to its folder; that folder is ".".
_THE_FILE = "./"

# Functions and methods that give the same place another form.
_SAME_PLACE = frozenset({"abspath", "realpath", "normpath", "fspath", "str", "Path", "resolve", "absolute", "as_posix"})


def _relative_to_file(node: ast.expr, values: dict[str, ast.expr], depth: int = 0) -> str | None:
    """A path that is told by `__file__` and literals, relative to the file's folder; None for any other."""
    if depth > 20:  # a name that is assigned to itself
        return None

    def of(inner: ast.expr) -> str | None:
        return _relative_to_file(inner, values, depth + 1)

    match node:
        case ast.Name("__file__"):
            return _THE_FILE
        case ast.Name(name) if name in values:
            return of(values[name])
        case ast.Attribute(value, "parent"):
            return _above(of(value))
        case ast.Subscript(ast.Attribute(value, "parents"), ast.Constant(int(index))):
            place = of(value)
            for _ in range(index + 1):
                place = _above(place)
            return place
        case ast.BinOp(left, ast.Div(), ast.Constant(str(part))):
            return _below(of(left), part)
        case ast.BinOp(left, ast.Add(), ast.Constant(str(part))) if part.startswith("/"):
            return _below(of(left), part[1:])
        case ast.Call(function, arguments):
            return _called_path(function, arguments, of)
        case _:
            return None


def _called_path(function: ast.expr, arguments: list[ast.expr], of: Callable[[ast.expr], str | None]) -> str | None:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name in _SAME_PLACE:
        if arguments:
            return of(arguments[0])
        return of(function.value) if isinstance(function, ast.Attribute) else None
    if name == "dirname" and arguments:
        return _above(of(arguments[0]))
    if name in ("join", "joinpath"):
        first = [function.value] if name == "joinpath" and isinstance(function, ast.Attribute) else []
        place = of([*first, *arguments][0])
        for part in [*first, *arguments][1:]:
            is_up = _dotted(part) in ("os.pardir", "os.path.pardir")
            text = ".." if is_up else part.value if isinstance(part, ast.Constant) else None
            place = _below(place, text) if isinstance(text, str) else None
        return place
    return None


def _above(place: str | None) -> str | None:
    if place is None:
        return None
    return "." if place == _THE_FILE else posixpath.normpath(f"{place}/..")


def _below(place: str | None, part: str) -> str | None:
    if place is None or part.startswith("/"):
        return None
    return posixpath.normpath(part if place == _THE_FILE else f"{place}/{part}")


def _unreadable(error: Exception) -> dict[str, Any]:
    # A SyntaxError's text would repeat the place.
    return {
        "error": getattr(error, "msg", None) or str(error) or type(error).__name__,
        "line": getattr(error, "lineno", None) or 0,
    }


def _site_builtins(source: bytes) -> list[str]:
    """Builtins of `site` that the file uses as such: as global names that it does not define itself."""
    # Bytes: a byte order mark or a comment may tell the encoding.
    module = symtable.symtable(source, "-", "exec")  # type: ignore[arg-type]  # typeshed knows of text only
    defined = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    found = set()
    tables = [module]
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            is_global = symbol.is_global() or table is module
            if symbol.get_name() in SITE_BUILTINS and symbol.is_referenced() and is_global:
                found.add(symbol.get_name())
    return sorted(found - defined)


def _strings_in(code: CodeType) -> Iterator[str]:
    """Short string constants, those in tuples and sets included."""
    pending: list[object] = list(code.co_consts)
    while pending:
        match pending.pop():
            case CodeType() as inner:
                yield from _strings_in(inner)
            case tuple() | frozenset() as items:
                pending += items
            case str() as text if len(text) <= _LONGEST_STRING:
                yield text


def _named_codecs(strings: Iterable[str]) -> Iterator[str]:
    """Modules of `encodings` whose codec a string constant of the file names, under any alias."""
    for text in filter(str.isascii, strings):
        name = encodings.normalize_encoding(text).lower()
        name = encodings.aliases.aliases.get(name, name)
        if name in _CODECS:
            yield name


def _computes_codecs(tree: ast.AST) -> bool:
    """Is there an `encoding=` argument, or that of a `decode` or `encode`, which is no constant?"""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            named = [keyword.value for keyword in node.keywords if keyword.arg == "encoding"]
            if isinstance(node.func, ast.Attribute) and node.func.attr in ("decode", "encode"):
                named += node.args[:1]
            if any(not isinstance(value, ast.Constant) for value in named):
                return True
    return False


def _names_by_user(tree: ast.Module, code: CodeType) -> dict[str, str]:
    """Names and attributes that the file uses, by the function in which it does; "" is where code always runs."""
    found: dict[str, set[str]] = {"": set(_names_in_bodies(tree))}
    _add_names_in_functions(code, "", "", found)
    return {user: " ".join(sorted(names)) for user, names in found.items() if names}


def _add_names_in_functions(code: CodeType, class_name: str, user: str, found: dict[str, set[str]]) -> None:
    """What functions use: the compiler has it together."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & _OPTIMIZED:
                inner = user or _user(constant.co_name, class_name)
                found.setdefault(inner, set()).update(constant.co_names)
                _add_names_in_functions(constant, class_name, inner, found)
            else:
                _add_names_in_functions(constant, constant.co_name, user, found)


def _user(function: str, class_name: str) -> str:
    """The name without whose use a function is not called: a special method runs when its class is used."""
    if function.startswith("<"):  # a lambda or comprehension of a body
        return ""
    return class_name if function.startswith("__") and function.endswith("__") else function


def _names_in_bodies(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    """Names and attributes that module and class bodies use; a definition is no use of its name."""
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _used_names(*node.decorator_list, node.args)
            case ast.ClassDef():
                yield from _used_names(*node.decorator_list, *node.bases, *node.keywords)
                yield from _names_in_bodies(node)
            case ast.If(test=test) if _is_main_test(test):
                pass
            case _:
                yield from _used_names(node)


def _used_names(*roots: ast.AST) -> Iterator[str]:
    for root in roots:
        for node in ast.walk(root):
            match node:
                case ast.Name(name, ast.Load()) | ast.Attribute(attr=name) | ast.alias(name):
                    yield name


def _dotted(node: ast.expr) -> str | None:
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join((node.id, *reversed(parts)))


def _value(node: ast.expr) -> Any:
    """The value of an expression that the target alone decides, else _UNKNOWN."""
    match node:
        case ast.Constant(value):
            return value
        case ast.Tuple(elements) | ast.List(elements) | ast.Set(elements):
            values = [_value(element) for element in elements]
            return _UNKNOWN if any(value is _UNKNOWN for value in values) else tuple(values)
        case ast.Attribute():
            return _KNOWN_ATTRIBUTES.get(_dotted(node) or "", _UNKNOWN)
        case ast.Subscript(value=value, slice=ast.Constant(int(index))):
            known = _value(value)
            return known[index] if isinstance(known, tuple) and index < len(known) else _UNKNOWN
        case ast.Subscript(value=value, slice=ast.Slice(lower=None, upper=ast.Constant(int(upper)), step=None)):
            known = _value(value)
            return known[:upper] if isinstance(known, tuple) else _UNKNOWN
        case _:
            return _UNKNOWN


def truth(test: ast.expr) -> bool | None:
    """Is a condition always true, or never, on the target? None where only running the program tells."""
    match test:
        case ast.Constant(value):
            return bool(value)
        case ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING"):
            return False
        case ast.UnaryOp(ast.Not(), operand):
            inner = truth(operand)
            return None if inner is None else not inner
        case ast.BoolOp(op, values):
            decisive = isinstance(op, ast.Or)
            results = [truth(value) for value in values]
            if decisive in results:
                return decisive
            return None if None in results else not decisive
        case ast.Compare(left, [comparison], [right]):
            sides = (_value(left), _value(right))
            if _UNKNOWN in sides or type(comparison) not in _COMPARISONS:
                return None
            try:
                return bool(_COMPARISONS[type(comparison)](*sides))
            except TypeError:
                return None
        case ast.Call(ast.Attribute(attr="startswith") as method, [ast.Constant(str(prefix))], []):
            known = _value(method.value)
            return known.startswith(prefix) if isinstance(known, str) else None
        case _:
            return None


def _is_main_test(test: ast.expr) -> bool:
    match test:
        case ast.Compare(ast.Name("__name__"), [ast.Eq()], [ast.Constant("__main__")]):
            return True
        case ast.Compare(ast.Constant("__main__"), [ast.Eq()], [ast.Name("__name__")]):
            return True
        case _:
            return False


def _catches_import_errors(handlers: Sequence[ast.excepthandler]) -> bool:
    for handler in handlers:
        if not isinstance(handler, ast.ExceptHandler) or handler.type is None:
            return True
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any((_dotted(kind) or "").rpartition(".")[2] in _IMPORT_ERRORS for kind in kinds):
            return True
    return False


class _Scanner:
    """Walks statements, with the firmest word that still holds where it is."""

    def __init__(self) -> None:
        self.imports: list[dict[str, Any]] = []
        self.main: list[dict[str, Any]] = []  # under `if __name__ == "__main__"`
        self.dynamic: list[int] = []  # lines of imports whose name is computed
        self.families: list[dict[str, Any]] = []
        self.globals: set[str] = set()
        self.all: list[str] | None = None
        # The name without which a deferred import cannot happen: its function's, or the class's of a special method.
        self._user = ""
        self._class = ""
        self._lazy_argument: str | None = None
        # `try: import a` is an attempt with a number; imports in its handlers are the fallback of that number.
        self._attempts = 0
        self._attempt = 0
        self._fallback = 0

    def statements(self, body: list[ast.stmt], binding: str = EAGER, *, module_level: bool = True) -> None:
        """Look through statements that stand side by side."""
        for node in body:
            self._statement(node, binding, module_level)

    def _statement(self, node: ast.stmt, binding: str, module_level: bool) -> None:
        match node:
            case ast.Import(names):
                for alias in names:
                    self._add(node, binding, alias.name, None, 0)
                    self._define(module_level, alias.asname or alias.name.partition(".")[0])
            case ast.ImportFrom(module, names, level):
                self._add(node, binding, module or "", [alias.name for alias in names], level)
                for alias in names:
                    self._define(module_level, alias.asname or alias.name)
            case ast.If(test, body, orelse):
                self._if(test, body, orelse, binding, module_level)
            case ast.Try() | ast.TryStar():
                self._try(node, binding, module_level)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._define(module_level, node.name)
                self._function(node)
            case ast.ClassDef():
                self._define(module_level, node.name)
                outside, self._class = self._class, node.name
                self.statements(node.body, binding, module_level=False)
                self._class = outside
            case ast.Match(cases=cases):
                for case in cases:
                    self.statements(case.body, _loosest(binding, CONDITIONAL), module_level=module_level)
            case ast.With() | ast.AsyncWith():
                suppresses = any(_suppresses_import_errors(item.context_expr) for item in node.items)
                inner = _loosest(binding, OPTIONAL) if suppresses else binding
                self.statements(node.body, inner, module_level=module_level)
            case ast.For() | ast.AsyncFor() | ast.While():
                for target in _targets(node):
                    self._define(module_level, target)
                self.statements(node.body, binding, module_level=module_level)
                self.statements(node.orelse, binding, module_level=module_level)
            case _:
                if module_level:
                    for target in _targets(node):
                        self._define(True, target)
                    self._note_all(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        outside = self._user
        if not self._user:
            self._user = _user(node.name, self._class)
            self._lazy_argument = node.args.args[0].arg if node.name == "__getattr__" and not self._class else None
        self.statements(node.body, DEFERRED, module_level=False)
        self._user = outside

    def _if(
        self, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt], binding: str, module_level: bool
    ) -> None:
        if _is_main_test(test):
            outside, self.imports = self.imports, self.main
            self.statements(body, binding, module_level=module_level)
            self.imports = outside
            self.statements(orelse, binding, module_level=module_level)
            return
        match test:
            case ast.Compare(ast.Name(name), [ast.Eq()], [ast.Constant(str(attribute))]) if name == self._lazy_argument:
                # A module's `__getattr__` (PEP 562): imports for the one attribute.
                outside_user, self._user = self._user, attribute
                self.statements(body, binding, module_level=module_level)
                self._user = outside_user
                self.statements(orelse, binding, module_level=module_level)
                return
        known = truth(test)
        inner = _loosest(binding, CONDITIONAL) if known is None else binding
        if known is not False:
            self.statements(body, inner, module_level=module_level)
        if known is not True:
            self.statements(orelse, inner, module_level=module_level)

    def _try(self, node: ast.Try | ast.TryStar, binding: str, module_level: bool) -> None:
        if not _catches_import_errors(node.handlers):
            for body in (node.body, node.orelse, node.finalbody):
                self.statements(body, binding, module_level=module_level)
            for handler in node.handlers:
                self.statements(handler.body, _loosest(binding, CONDITIONAL), module_level=module_level)
            return
        guarded = _loosest(binding, OPTIONAL)
        outside = self._attempt, self._fallback
        self._attempts += 1
        attempt = self._attempts
        self._attempt = attempt
        self.statements(node.body, guarded, module_level=module_level)
        self._attempt, self._fallback = outside[0], attempt
        for handler in node.handlers:
            self.statements(handler.body, guarded, module_level=module_level)
        self._fallback = outside[1]
        self.statements(node.orelse, guarded, module_level=module_level)
        self.statements(node.finalbody, binding, module_level=module_level)

    def _add(self, node: ast.stmt | ast.expr, binding: str, name: str, names: list[str] | None, level: int) -> None:
        fact: dict[str, Any] = {"name": name, "names": names, "level": level, "binding": binding, "line": node.lineno}
        fact |= {"attempt": self._attempt, "fallback": self._fallback, "user": self._user}
        self.imports.append(fact)

    def _define(self, module_level: bool, name: str) -> None:
        if module_level:
            self.globals.add(name)

    def _note_all(self, node: ast.stmt) -> None:
        """`__all__ = [...]` and `__all__ += [...]`, where the names are written out."""
        match node:
            case ast.Assign([ast.Name("__all__")], value) | ast.AnnAssign(ast.Name("__all__"), value=value) if value:
                self.all = _strings(value)
            case ast.AugAssign(ast.Name("__all__"), ast.Add(), value):
                self.all = [*(self.all or ()), *_strings(value)]

    def dynamic_imports(self, tree: ast.AST) -> None:
        """`import_module(...)` and `__import__(...)` anywhere: with a literal name, or one that begins with one."""
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            function = (_dotted(node.func) or "").rpartition(".")[2]
            if function not in ("import_module", "__import__"):
                continue
            package = _literal_package(node)
            match node.args[0]:
                case ast.Constant(str(name)) if name.startswith(".") and package:
                    self._add(node, DEFERRED, _resolved(name, package), None, 0)
                case ast.Constant(str(name)):
                    level = len(name) - len(name.lstrip("."))
                    self._add(node, DEFERRED, name[level:], None, level)
                case computed:
                    self.dynamic.append(node.lineno)
                    self._add_family(_literal_start(computed), package, node.lineno)

    def _add_family(self, start: str, package: str, line: int) -> None:
        """Modules whose names begin with a text: `import_module(f"package.backend_{name}")`."""
        level = len(start) - len(start.lstrip("."))
        if level and package:
            start, level = _resolved(start, package), 0
        parent, dot, stem = start[level:].rpartition(".")
        if level or dot:
            self.families.append({"package": parent, "level": level, "stem": stem, "line": line})
        elif package:
            self.families.append({"package": package, "level": 0, "stem": "", "line": line})


def _resolved(name: str, package: str) -> str:
    """The full name for one that begins with dots."""
    rest = name.lstrip(".")
    parts = package.split(".")
    above = len(name) - len(rest) - 1
    return ".".join((*parts[: len(parts) - above], rest))


def _literal_package(call: ast.Call) -> str:
    """The second argument of import_module, where it is written out."""
    given = call.args[1:2] + [keyword.value for keyword in call.keywords if keyword.arg == "package"]
    match given:
        case [ast.Constant(str(package))]:
            return package
        case _:
            return ""


def _literal_start(node: ast.expr) -> str:
    """The text that a computed string certainly begins with."""
    match node:
        case ast.JoinedStr([ast.Constant(str(text)), *_]) | ast.BinOp(ast.Constant(str(text)), ast.Add()):
            return text
        case ast.BinOp(ast.Constant(str(text)), ast.Mod()):
            return text.partition("%")[0]
        case ast.Call(ast.Attribute(ast.Constant(str(text)), "format")):
            return text.partition("{")[0]
        case ast.BinOp(left, ast.Add()):
            return _literal_start(left)
        case _:
            return ""


def _loosest(first: str, second: str) -> str:
    order = (EAGER, CONDITIONAL, OPTIONAL, DEFERRED)
    return max(first, second, key=order.index)


def _suppresses_import_errors(node: ast.expr) -> bool:
    match node:
        case ast.Call(function, arguments):
            is_suppress = (_dotted(function) or "").rpartition(".")[2] == "suppress"
            return is_suppress and any((_dotted(a) or "").rpartition(".")[2] in _IMPORT_ERRORS for a in arguments)
        case _:
            return False


def _strings(node: ast.expr) -> list[str]:
    if isinstance(node, ast.BinOp):
        return [*_strings(node.left), *_strings(node.right)]
    elements = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    return [e.value for e in elements if isinstance(e, ast.Constant) and isinstance(e.value, str)]


def _targets(node: ast.stmt) -> Iterator[str]:
    """Names that a simple statement or a loop binds."""
    match node:
        case ast.Assign(targets):
            roots: list[ast.expr] = targets
        case ast.AnnAssign(target) | ast.AugAssign(target) | ast.For(target) | ast.AsyncFor(target):
            roots = [target]
        case ast.Expr() | ast.While():
            roots = []
        case _:
            name = getattr(node, "name", None)  # `type X = ...` (3.12)
            if isinstance(name, ast.Name):
                yield name.id
            return
    for root in roots:
        for inner in ast.walk(root):
            if isinstance(inner, ast.Name):
                yield inner.id
