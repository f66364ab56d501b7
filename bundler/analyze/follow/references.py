"""Finds modules that a file refers to without an import statement: in string constants, and under computed names.

- The name of an entry point group asks for every module that is installed for it.
- A dotted name of the file's own package, or of one that its distribution requires, is most likely passed to
  `import_module` or `importlib.resources`; so is `module.Class`, for which the module needs no dot.
- In the app's own code, `module:attribute` names what a server serves.
- Beside a computed import, strings that are names of sibling modules form its table (PEP 562 and the like).
- A computed import whose name begins with a literal means the modules that begin so, at the top level those of
  distributions that the file's own requires.
- A package that lists its own folder, and hands names to `import_module`, means all its modules.
- A folder beside the file, of which a listing arrives at an import or at what loads sources, means all modules there.
- A path of a source, relative to the file's own folder, is most likely loaded by it.
- Code that lists modules (`pkgutil.iter_modules`) imports what it finds in the packages that it, or its siblings, name, and
  in those that other code hands over.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from bundler.analyze.follow.unresolved import Unresolved
from bundler.analyze.graph import Binding, Origin
from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import ModuleKind
from bundler.analyze.installed.origins import Origins
from bundler.analyze.nodes import Reached
from bundler.analyze.read.facts import Family, absolute_name
from bundler.analyze.resolve.finder import ModuleFinder

Reference = tuple[str, Binding]

_LISTING = frozenset({"iter_modules", "walk_packages"})
_LISTING_FILES = frozenset({"listdir", "scandir", "glob", "iglob", "iterdir", "rglob"})

_IMPORTING = frozenset({"import_module", "__import__", "load_module", "exec_module"})
# Attributes and functions that tell where a package lies.
_PLACES = frozenset({"__path__", "__file__", "files", "iterdir"})
# The common beginning of names of modules that belong together by convention.
_STEM = re.compile(r"[a-z][a-z0-9_]{2,}_")

# The name of a class, as people write them.
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*")


class References:
    """Finds modules that files refer to; remembers packages that a top-level package names, until its code lists modules."""

    def __init__(self, finder: ModuleFinder, origins: Origins, distributions: InstalledDistributions) -> None:
        self._finder = finder
        self._origins = origins
        self._distributions = distributions
        self._named: dict[str, set[str]] = {}  # packages by the top-level package whose code names them
        self._tops: dict[str, bool] = {}  # whether there are top-level modules of these names
        self._listing: set[str] = set()  # top-level packages with code that lists modules
        self.unresolved: dict[str, tuple[int, ...]] = {}  # lines of computed imports that may be anything, by module

    def of(self, reached: Reached) -> Iterator[Reference]:
        """References of one file that is not the standard library's."""
        if reached.facts is None:
            return
        tables: set[str] = set()
        unresolved = Unresolved(self._finder, reached.facts)
        words = reached.facts.strings.split()
        for group in sorted(self._distributions.groups & set(words)):
            for module in self._distributions.providers(group):
                yield module, Binding.RULE
        has_tables = bool((reached.facts.dynamic or reached.facts.has_lazy_attributes) and reached.package)
        has_own_tables = bool(reached.facts.dynamic and not reached.package and reached.origin.is_own)
        for text in words if has_tables or has_own_tables else [word for word in words if "." in word or ":" in word]:
            name = text.partition(":")[0]
            found = self._dotted(reached, name) or self._before_colon(reached, text)
            if found is None and has_tables:
                found = self._in_package(reached.package, name.lstrip("."))
                tables.update((found,) if found else ())
            if found is None and has_own_tables:
                found = self._own(name)
            if found is not None:
                unresolved.found(text, found)
                yield found, Binding.STRING
        for family in reached.facts.families:
            if not (family.level and not family.stem and tables):
                names = tuple(self._family(reached, family))
                unresolved.found_at((family.line,), names)
                yield from ((name, Binding.STRING) for name in names)
        for pattern in reached.facts.patterns:
            composed, is_whole = self._composed(reached, pattern.text)
            unresolved.found_at(pattern.lines, composed, is_whole=is_whole)
            yield from ((name, Binding.STRING) for name in composed)
        if self._lists_itself(reached):
            own = tuple(self._submodules(reached.package))
            unresolved.found_at(reached.facts.dynamic, own)
            yield from ((name, Binding.STRING) for name in own)
        for listing in reached.facts.listed_folders:
            names = tuple(self._in_folder(reached, listing.folder))
            unresolved.found_by_path(listing.lines if names else ())
            yield from ((name, Binding.STRING) for name in names)
        listed = tuple(self._listed(reached))
        unresolved.found_at(reached.facts.listing, (name for name, _ in listed))
        yield from listed
        if unresolved.lines:
            self.unresolved[reached.name] = unresolved.lines
        yield from ((name, Binding.STRING) for name in self._by_path(reached))

    def _by_path(self, reached: Reached) -> Iterator[str]:
        """Modules of the file's own package, or beside a script, that it names by the paths of their sources."""
        if reached.facts is None or reached.located is None:
            return
        home = reached.located.path.parent
        for text in reached.facts.source_files:
            path = Path(os.path.normpath(home / text.lstrip("/")))
            name = _name_at(reached, home, path.parent, path.stem)
            located = self._finder.find(name) if name else None
            if located is not None and located.path == path:
                yield name

    def _in_folder(self, reached: Reached, relative: str) -> Iterator[str]:
        """Modules in a folder beside the file, or below: of its package, or of the top level if the file searches the folder."""
        if reached.facts is None or reached.located is None:
            return
        home = reached.located.path.parent
        folder = Path(os.path.normpath(home / relative))
        searched = {Path(os.path.normpath(home / each.folder)) for each in reached.facts.search_folders}
        for last in self._finder.locator.submodules([folder]):
            located = self._finder.locator.find(last, [folder])
            if located is None or located.kind is ModuleKind.NAMESPACE or located.path == reached.located.path:
                continue
            name = last if folder in searched else _name_at(reached, home, folder, last)
            found = self._finder.find(name) if name and folder not in searched else located
            if found is not None and found.path == located.path and last != "__main__":
                yield name

    def _lists_itself(self, reached: Reached) -> bool:
        """True if a package goes through its own folder to import what is there.

        It hands out its `__path__`, or there is an import with a computed name beside a listing of files; or it makes its
        `__all__` of such a listing, and `from package import *` imports them.
        """
        facts = reached.facts
        assert facts is not None
        used = set(" ".join(facts.names.values()).split())
        if reached.package == reached.name and "__path__" in used and not facts.extends_path:
            return True
        has_computed_all = "__all__" in facts.globals and not facts.all
        is_importing = facts.dynamic or (has_computed_all and reached.package == reached.name)
        return bool(reached.package and is_importing and used & _LISTING_FILES and "__file__" in used)

    def _existing(self, name: str) -> str | None:
        return name if self._finder.exists(name) else None

    def _in_package(self, package: str, name: str) -> str | None:
        """The module that a relative name refers to, perhaps with an attribute at its end: `x`, `x.Name`."""
        for candidate in (name, name.rpartition(".")[0]):
            if candidate and (found := self._existing(f"{package}.{candidate}")):
                return found
        return None

    def _own(self, name: str) -> str | None:
        """The app's own module of this name, for a table in a script or in a module beside it."""
        located = self._finder.find(name) if name.isidentifier() else None
        return name if located is not None and self._origins.of(located).is_own else None

    def _composed(self, reached: Reached, pattern: str) -> tuple[list[str], bool]:
        """Modules that a composed text may name, of the file's own package, or for the app's own code of any. False: with an
        attribute at its end.
        """
        level = len(pattern) - len(pattern.lstrip("."))
        if level:
            above = reached.package.split(".")[: 1 - level or None]
            pattern = ".".join((*above, pattern[level:]))
        if pattern.partition(".")[0] != reached.top and not (reached.origin.is_own and self.is_near(reached, pattern)):
            return [], False
        found = [name for name in self._finder.expand(pattern) if self._finder.exists(name)]
        if found or "*" not in pattern:
            return found, True
        return [*self._finder.expand(pattern.rpartition(".")[0])], False

    def _dotted(self, reached: Reached, name: str) -> str | None:
        """A module by its full name, or that in which the last part may be an attribute."""
        if "." not in name or name.startswith(".") or not self.is_near(reached, name):
            return None
        for candidate in (name, name.rpartition(".")[0]):
            if "." in candidate and self._existing(candidate):
                self._named.setdefault(reached.top, set()).add(candidate)
                return candidate
        # `jinja2_time.TimeExtension`: of a module without a dot only a class, or every name of a file would be one.
        top, _, last = name.partition(".")
        return top if _CLASS.fullmatch(last) and top != reached.top and self._existing(top) else None

    def _before_colon(self, reached: Reached, text: str) -> str | None:
        """The module of `module:attribute` in the app's own code, its own program included: `uvicorn.run("app:app")`."""
        name, colon, attribute = text.partition(":")
        is_reference = colon and name.isidentifier() and attribute.isidentifier()
        return self._existing(name) if is_reference and reached.origin.is_own else None

    def is_near(self, reached: Reached, name: str) -> bool:
        """True if a name belongs to the file's own package, or to a distribution that its own requires."""
        top = name.partition(".")[0]
        if top == reached.top:
            return True
        if top not in self._tops:
            self._tops[top] = self._existing(top) is not None
        if not self._tops[top]:
            return False
        located = self._finder.deepest(name)
        if reached.origin.is_own:
            return located is not None  # a name in the app's own code means the module
        owner = self._distributions.get(reached.origin.distribution)
        other = self._distributions.get(self._origins.of(located).distribution) if located else None
        return owner is not None and other is not None and self._distributions.requires(owner, other)

    def _family(self, reached: Reached, family: Family) -> Iterator[str]:
        """All modules of a package whose names begin as that of a computed import does."""
        parent = family.package
        if family.level:
            above = reached.package.split(".")[: 1 - family.level or None]
            parent = ".".join((*above, parent) if parent else above)
        if not parent:
            yield from self._at_top(reached, family.stem)
        for name in self._submodules(parent):
            if name.startswith(f"{parent}.{family.stem}"):
                yield name

    def _at_top(self, reached: Reached, stem: str) -> Iterator[str]:
        """Modules that begin so and belong to no package: `import_module(f"tree_sitter_{language}")`."""
        for name in self._finder.submodules(""):
            if stem and name.startswith(stem) and self.is_near(reached, name):
                yield name

    def _listed(self, reached: Reached) -> Iterator[Reference]:
        """Submodules that code of the file's top-level package will find when it lists modules."""
        assert reached.facts is not None
        named = self._named.get(reached.top, set())
        used = set(" ".join(reached.facts.names.values()).split())
        if used & _LISTING:
            self._listing.add(reached.top)
            packages = {fact.name for fact in reached.facts.imports if fact.name.partition(".")[0] == reached.top}
            named |= packages | ({reached.name} if reached.package == reached.name else set())
            self._named[reached.top] = named
        # What is handed to a function of a package is listed by it, if it lists anything.
        handed = set(self._handed_packages(reached))
        tops = (
            {absolute_name(fact, reached.package).partition(".")[0] for fact in reached.facts.imports}
            if handed
            else set()
        )
        for top in tops:
            self._named.setdefault(top, set()).update(handed)
        for top in sorted((tops | {reached.top}) & self._listing):
            for package in sorted(self._named.get(top, ())):
                yield from ((name, Binding.STRING) for name in self._submodules(package))
            self._named[top] = set()
        if used & _LISTING or (used & _LISTING_FILES and used & _IMPORTING):
            yield from ((name, Binding.STRING) for name in self._listed_elsewhere(reached, used))

    def _listed_elsewhere(self, reached: Reached, used: AbstractSet[str]) -> Iterator[str]:
        """Modules of packages that a file imports and lists, and modules of the top level that begin as it says."""
        assert reached.facts is not None
        if used & _PLACES:
            for package in sorted(self._imported_packages(reached)):
                # A folder without code is not listed, and is data as a rule.
                yield from (name for name in self._submodules(package) if self._has_code(name))
        if "startswith" in used:
            for stem in reached.facts.strings.split():
                if _STEM.fullmatch(stem):
                    yield from self._at_top(reached, stem)

    def _handed_packages(self, reached: Reached) -> Iterator[str]:
        """Packages that a file imports and gives to calls: `find_commands(shop.plugins)`."""
        assert reached.facts is not None
        for name in self._imported_packages(reached) if reached.facts.handed_over else ():
            if name in reached.facts.handed_over or name.rpartition(".")[2] in reached.facts.handed_over:
                yield name

    def _has_code(self, name: str) -> bool:
        located = self._finder.find(name)
        return located is not None and located.kind is not ModuleKind.NAMESPACE

    def _imported_packages(self, reached: Reached) -> Iterator[str]:
        """Packages that a file imports, of the app, of its own distribution, or of one that this requires."""
        assert reached.facts is not None
        for fact in reached.facts.imports:
            base = absolute_name(fact, reached.package)
            for name in (base, *(f"{base}.{each}" for each in fact.names or ())):
                located = self._finder.find(name) if name else None
                if located is None or not located.folders:
                    continue
                origin = self._origins.of(located)
                is_same = origin.distribution != "" and origin.distribution == reached.origin.distribution
                if (origin.is_own and reached.origin.is_own) or is_same or self._requires(reached.origin, origin):
                    yield name

    def _requires(self, origin: Origin, other: Origin) -> bool:
        """True if the distribution of a module requires that of another. The app's own code requires what it imports."""
        theirs = self._distributions.get(other.distribution) if other.distribution else None
        if theirs is None or other.is_stdlib:
            return False
        ours = self._distributions.get(origin.distribution) if origin.distribution else None
        return ours is not None and self._distributions.requires(ours, theirs)

    def _submodules(self, package: str) -> Iterator[str]:
        return (f"{package}.{name}" for name in self._below(package))

    def _below(self, package: str) -> Iterator[str]:
        """Last names of the modules directly in a package."""
        if package:
            yield from (name for name in self._finder.submodules(package) if name != "__main__")


def _name_at(reached: Reached, home: Path, folder: Path, last: str) -> str:
    """The name of a module in a folder as the folder of a file, `home`, tells it; "" if it is outside of the file's package."""
    folders = Path(os.path.relpath(folder, home)).parts
    package = reached.package.split(".") if reached.package else []
    up = folders.count("..")
    is_outside = up >= len(package) > 0 or (up and not package)
    return (
        ""
        if is_outside or last in ("__init__", "__main__")
        else ".".join((*package[: len(package) - up], *folders[up:], last))
    )
