"""Names that a file computes: of modules that it imports, and of libraries that it opens."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

from .composed_names import (
    CHANGING,
    OWN_PACKAGE,
    alternatives_in,
    changed,
    changes_of,
    choices_of,
    is_own_package,
    literal_level,
    literal_package,
    pattern_of,
    resolved,
    texts_of,
    variants,
)
from .flows import Flows, Way
from .lookups import argument
from .schema import FamilyRow, LibraryRow, NameRow

# A full name of a module, or one that begins with dots.
_MODULE_NAME = re.compile(r"\.*\w+(?:\.\w+)*\Z")

# A name of a module with stars in it, but for its beginning.
_MODULE_PATTERN = re.compile(r"\.*\w+(?:\.[\w*]+)*\.[\w.]*\*[\w.*]*\Z")

# A name that the dynamic linker looks for in its folders: no path, and no part is computed.
_LIBRARY_NAME = re.compile(r"[\w.+-]+\Z")

_SONAME = re.compile(r"lib[\w+-][\w.+-]*\.so(\.\d+)*\Z")

# Functions and classes that load a source, with the names of the arguments that are its path.
_LOADING = {"spec_from_file_location": "location", "SourceFileLoader": "path"}

_BINARY_MODES = ("rb", "br", "rb+", "r+b")

# Literals that hold several values.
_TABLES = frozenset({ast.List, ast.Tuple, ast.Set, ast.Dict})

# Modules of the top level that begin with less are too many to be meant.
_SHORTEST_TOP_STEM = 4


class ComputedNames:
    """Collects what names are computed of, in whatever order statements are met; says at the end which names these may be."""

    def __init__(self) -> None:
        self.lines: list[int] = []  # of imports whose name is computed
        self.families: list[FamilyRow] = []
        # "package.*.name", "package.name": composed texts that may be names of modules.
        self.patterns: list[NameRow] = []
        self.arriving: list[NameRow] = []  # literals that arrive at computed imports, whole or as a part of the name
        self.libraries: set[LibraryRow] = set()
        self.changed: set[str] = set()  # texts that methods make of the file's
        self._compiled: list[ast.expr] = []  # sources
        self.compiles_bytes = False  # is a source compiled that may name its own encoding?
        self._listings: list[ast.expr] = []  # calls that list modules
        self.own_places: list[ast.expr] = []  # `__file__`, wherever it is read
        self.composed: list[ast.expr] = []  # texts that are put together
        self.loops: list[tuple[ast.expr, ast.expr]] = []  # variables, and what they go through
        self.opened: list[tuple[ast.expr, bool]] = []  # names of libraries, as `library_of` finds them
        self._constants: dict[str, str] = {}  # texts of the module's variables
        self._tables: list[tuple[str, ast.expr]] = []  # literals that hold texts, by the names of variables
        self._alternatives: dict[str, set[str]] = {}  # texts that variables of functions are given
        self._changing: list[ast.expr] = []  # calls of methods that may change texts
        self._imported: list[tuple[ast.expr, str, int, int]] = []
        # Names, and lines where the spec of a module with a computed name is asked for.
        self._looked_up: list[tuple[ast.expr, int]] = []
        self._loaded: list[tuple[ast.expr, int]] = []  # paths of sources, and lines where they are loaded
        self.arrivals: dict[int, set[int]] = {}  # lines of imports and loads, by the identities of what arrives there
        self._makes_modules = False  # of specs, as importlib's recipe for lazy imports does

    def assigned(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign, *, is_module_level: bool) -> None:
        """Note the texts that a variable is given."""
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        match node:
            case (
                ast.Assign([ast.Name(name)], ast.Constant(str(text)))
                | ast.AnnAssign(ast.Name(name), value=ast.Constant(str(text)))
            ) if is_module_level:
                self._constants[name] = text
            case ast.Assign([ast.Name(name)], value) if is_module_level and is_own_package(value):
                self._constants[name] = OWN_PACKAGE
        if not isinstance(target, ast.Name) or node.value is None:
            return
        if type(node.value) in _TABLES:
            self._tables.append((target.id, node.value))
        elif not isinstance(node, ast.AugAssign) and (not is_module_level or isinstance(node.value, ast.IfExp)):
            texts = alternatives_in(node.value)
            if texts:
                self._alternatives.setdefault(target.id, set()).update(texts)

    def called(self, node: ast.Call, name: str | None, first: ast.expr | None) -> None:
        """Note a call of a function of this name, which may make texts or modules."""
        if name == "find_spec" and first is not None and not isinstance(first, ast.Constant):
            self._looked_up.append((first, node.lineno))
        elif name == "module_from_spec":
            self._makes_modules = True
        elif name in ("iter_modules", "walk_packages"):
            self._listings.append(node)
        elif name in ("compile", "exec") and isinstance(node.func, ast.Name) and node.args:
            self._compiled.append(node.args[0])
        elif name in _LOADING and (path := argument(node, 1, _LOADING[name])) is not None:
            self._loaded.append((path, node.lineno))
        if name in ("format", "join"):
            self.composed.append(node)
        elif name in CHANGING:
            self._changing.append(node)

    def imported(self, node: ast.Call, name: ast.expr) -> None:
        """Note a call that imports a module of a computed name."""
        self.lines.append(node.lineno)
        self._imported.append((name, literal_package(node), literal_level(node), node.lineno))

    def finish(self, tree: ast.Module, strings: Iterable[str], *, has_lazy_attributes: bool) -> None:
        """Say what composed texts mean, now that the module's variables are known. `strings`: the file's texts."""
        named = [(name, line) for name, _, _, line in self._imported]
        if self._makes_modules:  # else it only asks whether something is installed
            self.lines += (line for _, line in self._looked_up)
            named += self._looked_up
        choices = choices_of(self._tables, self.loops) if self._imported or self.opened else {}
        modules = [(text, line) for text, line in self._modules(choices) if _MODULE_NAME.match(text)]
        self.libraries.update(self._libraries(choices, strings))
        asked = [place for place, _ in (*named, *self._loaded)] + self._compiled
        flows = Flows(tree if asked else ast.Module([], []), asked)
        self.compiles_bytes = any(_is_bytes(node) for place in self._compiled for node, _ in flows.reaching(place))
        arriving = [(node, way, line) for place, line in named for node, way in flows.reaching(place)]
        loaded = ((node, line) for place, line in self._loaded for node, _ in flows.reaching(place))
        for node, line in (*loaded, *((node, line) for node, _, line in arriving)):
            self.arrivals.setdefault(id(node), set()).add(line)
        if self.lines or has_lazy_attributes:
            # A name that is made by `.replace()` may be handed on before it is imported, and be of any table.
            every = {changes_of(node)[1] for node in self._changing}
            replacing = [changes for changes in every if any(method == "replace" for method, _ in changes)]
            self.changed = {changed(text, changes) for text in strings for changes in replacing}
            self.patterns = _rows((text, True, line) for text, line in (*modules, *self._composed(arriving)))
            self.arriving = _rows(
                (text, way is Way.WHOLE, line)
                for node, way, line in arriving
                if way is not Way.COMPUTED and isinstance(node, ast.Constant) and isinstance(node.value, str)
                for text in (node.value, *(changed(node.value, changes) for changes in replacing))
            )

    def _composed(self, arriving: Iterable[tuple[ast.expr, Way, int]]) -> Iterator[tuple[str, int | None]]:
        """Texts that are put together, with the lines of the imports at which they arrive; None where there is none."""
        lines: dict[int, set[int]] = {}
        for node, way, line in arriving:
            if way is Way.WHOLE:
                lines.setdefault(id(node), set()).add(line)
        for node in self.composed:
            for known in self._known(node):
                text = pattern_of(node, known)
                if _MODULE_PATTERN.match(text):
                    yield from ((text, line) for line in lines.get(id(node), {None}))

    def listing(self) -> list[int]:
        """The lines of imports at which the listing of a package arrives."""
        return sorted({line for node in self._listings for line in self.arrivals.get(id(node), ())})

    def loaded(self) -> Iterator[tuple[ast.expr, int]]:
        """Paths of sources that are loaded, and the lines, where something of the file's own place arrives."""
        own = {line for node in self.own_places for line in self.arrivals.get(id(node), ())}
        return ((path, line) for path, line in self._loaded if line in own)

    def _known(self, node: ast.expr) -> Iterator[Mapping[str, str]]:
        return variants(node, self._constants, self._alternatives)

    def _modules(self, choices: Mapping[str, set[str]]) -> Iterator[tuple[str, int]]:
        """The names of imported modules, with the lines; adds the families in which those are that begin in the same way."""
        for computed, package, above, line in self._imported:
            for known in self._known(computed):
                self._add_family("." * above + pattern_of(computed, known).partition("*")[0], package, line)
                for text in texts_of(computed, known, choices):
                    name = "." * above + text
                    yield (resolved(name, package) if name.startswith(".") and package else name), line

    def _libraries(self, choices: Mapping[str, set[str]], strings: Iterable[str]) -> Iterator[LibraryRow]:
        for named, is_short in self.opened:
            for library in texts_of(named, self._constants, choices):
                if library == "*":  # a file that opens any library has its names in a table
                    yield from (LibraryRow(text, False) for text in strings if _SONAME.match(text))
                elif _LIBRARY_NAME.match(library) and (is_short or ".so" in library):
                    yield LibraryRow(library, is_short)

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


def _rows(found: Iterable[tuple[str, bool, int | None]]) -> list[NameRow]:
    """The lines of each text, sorted."""
    lines: dict[tuple[str, bool], set[int]] = {}
    for text, is_whole, line in found:
        lines.setdefault((text, is_whole), set()).update(() if line is None else (line,))
    return [NameRow(*key, sorted(each)) for key, each in sorted(lines.items())]


def _is_bytes(node: ast.expr) -> bool:
    """True for what reads a file as bytes."""
    match node:
        case ast.Call(ast.Attribute(attr="read_bytes")):
            return True
        case ast.Call(ast.Name("open") | ast.Attribute(attr="open"), arguments, keywords):
            modes = (*arguments[:2], *(each.value for each in keywords if each.arg == "mode"))
            return any(isinstance(each, ast.Constant) and each.value in _BINARY_MODES for each in modes)
    return False
