"""Builds the module graph: modulegraph's nodes, references and resolution, fed with our own facts.

modulegraph decides what a name in an import statement refers to. It is used behind this one file: where modules are is
asked of `ModuleFinder`, what they import of `FactSource`, and its depth-first recursion is replaced by a work list.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from bundler.analyze.distributions import Environment, Installed
from bundler.analyze.extension import ExtensionReader
from bundler.analyze.facts import FactSource, FileFacts, ImportFact
from bundler.analyze.finder import ModuleFinder
from bundler.analyze.graph import APP, Binding, LeftOut, Origin
from bundler.analyze.hooks import Hooks, RuntimeHook
from bundler.analyze.locate import Folder, Kind, Located, sibling_source
from bundler.analyze.origins import Origins
from bundler.analyze.reached import Edge, Reached
from bundler.analyze.references import References
from bundler.analyze.rules import Rule, Rules

# modulegraph would import setuptools' pkg_resources for a reading of zipped eggs that Locator replaces; it takes 0.2 s.
_hidden = sys.modules.get("pkg_resources")
sys.modules["pkg_resources"] = None  # type: ignore[assignment]
from modulegraph import modulegraph  # noqa: E402

if _hidden is None:
    del sys.modules["pkg_resources"]
else:
    sys.modules["pkg_resources"] = _hidden

_CERTAIN = frozenset({Binding.EAGER, Binding.CONDITIONAL})

_SEPARATE = modulegraph.DependencyInfo(conditional=False, function=False, tryexcept=False, fromlist=False)


class _Graph(modulegraph.ModuleGraph):  # type: ignore[misc]  # modulegraph has no annotations
    """modulegraph with our eyes: modules are located and read by us, and scanned later, from a work list."""

    def __init__(self, excludes: list[str], walker: Walker) -> None:
        super().__init__([], excludes=excludes)  # the search path is the finder's
        self._walker = walker
        self._references: set[tuple[str, str]] = set()

    def _updateReference(self, fromnode: Any, tonode: Any, edge_data: Any) -> None:  # noqa: N802  # its name
        # One reference says enough, for how an import is meant is kept in our own edges: looking for the one that is
        # there, to merge with it, took a fifth of the time.
        if fromnode is not None and (fromnode.identifier, tonode.identifier) not in self._references:
            self._references.add((fromnode.identifier, tonode.identifier))
            self.createReference(fromnode, tonode, edge_data)

    def _calc_setuptools_nspackages(self) -> dict[str, list[str]]:
        # `-nspkg.pth` files: such packages are found as namespace packages.
        return {}

    def _find_module(self, name: str, path: list[str] | None, parent: Any = None) -> Any:
        full_name = f"{parent.identifier}.{name}" if parent is not None else name
        finder = self._walker.finder
        if path is None and name in finder.builtin:
            return None, None, None
        located = self._walker.locate(full_name, finder.top_folders(name) if path is None else path)
        if located is None:
            raise ImportError(full_name)
        return None, str(located.path), located

    def alias(self, name: str, other: str) -> None:
        """Whoever imports `other` gets the module `name`."""
        self.lazynodes[other] = modulegraph.Alias(name)

    def _load_module(self, fqname: str, fp: object, pathname: str | None, info: Located | None) -> Any:  # noqa: ARG002
        node = self.createNode(_node_class(info), fqname)
        node.filename = pathname or "-"
        if info is not None and info.folders:
            node.packagepath = [str(folder) for folder in info.folders]
        self._walker.found(node, info)
        return node


def _node_class(located: Located | None) -> Any:
    if located is None:
        return modulegraph.BuiltinModule
    if located.kind is Kind.NAMESPACE:
        return modulegraph.NamespacePackage
    if located.folders:
        return modulegraph.Package
    return modulegraph.Extension if located.kind is Kind.EXTENSION else modulegraph.SourceModule


@dataclass(frozen=True, slots=True)
class _Fallback:
    """An import in the handler of a `try` that imports `attempted`."""

    node: Any
    caller: Any
    fact: ImportFact
    attempted: tuple[str, ...]


def _doomed(importers: Mapping[str, Iterable[str]], reached: Mapping[str, Reached]) -> set[str]:
    """Modules that cannot be imported: they certainly import one that is missing, or one that is doomed itself.

    `importers`: modules that certainly import one, by that one.
    """
    pending = [name for name in importers if name not in reached]
    doomed: set[str] = set()
    while pending:
        for importer in importers.get(pending.pop(), ()):
            if importer not in doomed and importer != "__main__":
                doomed.add(importer)
                pending.append(importer)
    return doomed


def _absolute(fact: ImportFact, package: str) -> str:
    """The full name of what an import in a module of `package` begins with."""
    if not fact.level:
        return fact.name
    above = package.split(".")[: 1 - fact.level or None]
    return ".".join((*above, fact.name) if fact.name else above)


def _without(fact: ImportFact, package: str, excluded: frozenset[str]) -> ImportFact | None:
    """What is left of an import in a module of `package` when some modules are not to be imported; None: nothing."""
    base = _absolute(fact, package)

    def is_excluded(name: str) -> bool:
        return any(name == each or name.startswith(f"{each}.") for each in excluded)

    if is_excluded(base):
        return None
    names = tuple(name for name in fact.names or () if not is_excluded(f"{base}.{name}"))
    return fact if names == (fact.names or ()) else replace(fact, names=names)


class Walker:
    """Follows imports from one entry until nothing new is reached."""

    def __init__(  # noqa: PLR0913  # what surrounds a walk
        self,
        finder: ModuleFinder,
        origins: Origins,
        facts: FactSource,
        extensions: ExtensionReader,
        rules: Rules,
        excluded: tuple[str, ...],
        environment: Environment,
        used_by_core: Iterable[str],
        hooks: Hooks,
    ) -> None:
        self.finder = finder
        self.reached: dict[str, Reached] = {}
        self.edges: list[Edge] = []
        self.left_out: dict[str, LeftOut] = {}
        self.made_at_run_time: set[str] = set()  # modules without a file, as hooks say
        self.runtime_hooks: set[str] = set()
        self._facts = facts
        self._extensions = extensions
        # What the program adds to its search path is followed for import statements alone.
        self._references = References(replace(finder), origins, environment)
        self._origins = origins
        self._rules = rules
        self._environment = environment
        # By the distributions of which a module has been reached: the names of those that they require.
        self._needs: dict[str, frozenset[str]] = {}
        self._hooks = hooks
        self._other_names: dict[str, str] = {}  # top-level names that stand for modules inside packages
        self._excluded_by_hooks: dict[str, frozenset[str]] = {}  # by the module whose imports are meant
        self._pending: deque[Any] = deque()
        # Names that reached code uses; what waits for one: deferred imports of the standard library (a node and a
        # fact), and the names that its functions use (a text).
        self._used = set(used_by_core)
        self._waiting: dict[str, list[tuple[Any, ImportFact] | str]] = {}
        self._fallbacks: list[_Fallback] = []
        self._importers: dict[str, list[str]] = {}  # certain ones, by what they import, of the first so many edges
        self._edges_known = 0
        self._graph = _Graph(list(excluded), self)

    @property
    def unresolved(self) -> Mapping[str, tuple[int, ...]]:
        """Lines of imports whose name is computed, and may be any, by module."""
        return self._references.unresolved

    def add_main(self, facts: FileFacts, package: str, source: Path | None = None, origin: Origin = APP) -> None:
        """Follow the entry: a script, or a module of `package` that runs under the name `__main__`."""
        node = self._graph.createNode(modulegraph.SourceModule, "__main__")
        node.filename = "-"
        node.globalnames.update(facts.globals)
        located = Located(Kind.SOURCE, source) if source is not None else None
        self.reached["__main__"] = Reached("__main__", located, facts, origin)
        self._search(self.reached["__main__"])
        self._use_names(facts, all_functions=True)
        self._use(facts.main_names)
        self._expect_imports(self.reached["__main__"])
        caller = node
        if package:
            # Relative imports of the entry start at its package.
            caller = self._import_name("__main__", package, Binding.PARENT)
        for facts_ in (facts.imports, facts.main_imports):
            self._follow_all(node, caller, facts_, frozenset())
        self._follow_unwritten(self.reached["__main__"])
        self.run()

    def add(self, importer: str | None, name: str, binding: Binding) -> bool:
        """Bring in a module by name; False when there is none."""
        self._import_name(importer, name, binding)
        self.run()
        return name in self.reached

    def is_there(self, name: str) -> bool:
        """Is there a module of this name, reached or not?"""
        return name in self.reached or self.finder.exists(name)

    def add_existing(self, importer: str | None, name: str, binding: Binding) -> None:
        """Bring in a module, if there is one of this name."""
        if name not in self.reached and self.is_there(name):
            self.add(importer, name, binding)

    def add_runtime_hook(self, hook: RuntimeHook) -> None:
        """A file that becomes a module which runs before the program."""
        if hook.name not in self.reached:
            node = self._graph.createNode(modulegraph.SourceModule, hook.name)
            node.filename = str(hook.path)
            self.runtime_hooks.add(hook.name)
            self.found(node, Located(Kind.SOURCE, hook.path), hook.origin)
            self.edges.append(Edge("__main__", hook.name, Binding.HOOK, is_attribute=False, line=0))
            self.run()

    def add_conventional(self) -> None:
        """Bring in what frameworks import of their applications by convention, as rules say."""
        done: set[str] = set()
        while rules := [rule for rule in self.rules_in_effect() if rule.marks]:
            packages = [module for name, module in self.reached.items() if name not in done]
            if not packages:
                return
            done |= self.reached.keys()
            for module in packages:
                folders = module.located.folders if module.located is not None else ()
                submodules = frozenset(self.finder.locator.submodules(folders))
                for rule in rules:
                    if not submodules.isdisjoint(rule.marks):
                        for pattern in rule.conventional:
                            self.add_expanded(rule.module, f"{module.name}.{pattern}")

    def rules_in_effect(self) -> list[Rule]:
        """The rules for modules that have been reached."""
        found = (self._rules.of(module.name, module.origin) for module in self.reached.values())
        return [rule for rule in found if rule is not None]

    def add_expanded(self, importer: str, pattern: str) -> None:
        """Bring in the modules that a pattern of a rule stands for."""
        for name in self._expand(pattern):
            self.add_existing(importer, name, Binding.RULE)

    def run(self) -> None:
        """Scan what has been reached and not scanned yet."""
        while self._pending or self._choose_fallbacks():
            item = self._pending.popleft()
            if isinstance(item, tuple):
                self._follow(*item)
            else:
                self._scan(item)

    def _choose_fallbacks(self) -> bool:
        """Follow alternatives of imports that turned out to fail, now that all is known; False when there are none."""
        if not self._fallbacks:
            return False
        for edge in self.edges[self._edges_known :]:
            if edge.importer and edge.binding in (Binding.EAGER, Binding.PARENT) and not edge.is_attribute:
                self._importers.setdefault(edge.imported, []).append(edge.importer)
        self._edges_known = len(self.edges)
        doomed = _doomed(self._importers, self.reached)
        chosen = [each for each in self._fallbacks if doomed.intersection(each.attempted)]
        self._fallbacks = [each for each in self._fallbacks if each not in chosen]
        self._pending += [(each.node, each.fact, each.caller) for each in chosen]
        return bool(chosen)

    def locate(self, name: str, folders: Iterable[Folder]) -> Located | None:
        """Where a module is, below these folders unless a hook knows better."""
        before = self._hooks.before_import(name)
        if before is not None:
            self.made_at_run_time |= {*before.runtime_modules}
            for real, other in before.aliases:
                self._graph.alias(real, other)
        folders = self._hooks.search_folders(name, folders)
        located = self.finder.locator.find(name.rpartition(".")[2], folders)
        if located is not None and located.folders and before is not None:
            return replace(located, folders=(*located.folders, *before.package_paths))
        return located

    def found(self, node: Any, located: Located | None, origin: Origin | None = None) -> None:
        """A node was made: read its facts now (names that it defines decide what resolves), its imports later."""
        facts = self._read(located)
        origin = origin or self._origins.of(located)
        self._note_names(self._rules.of(node.identifier, origin))
        if facts is not None and located is not None:
            if facts.extends_path and located.folders:
                located = replace(located, folders=self._extended(node.identifier, located.folders))
                node.packagepath = [str(folder) for folder in located.folders]
            self._define(node, facts.globals)
            self._use_names(facts, all_functions=not origin.is_stdlib)
        reached = self.reached[node.identifier] = Reached(node.identifier, located, facts, origin)
        self._search(reached)
        owner = self._environment.get(origin.distribution) if origin.distribution else None
        if owner is not None and owner.name not in self._needs:
            self._needs[owner.name] = self._environment.required_names(owner)
        self._pending.append(node)
        if self._facts.is_reading:
            self._expect_imports(reached)

    def _extended(self, name: str, folders: tuple[Path, ...]) -> tuple[Path, ...]:
        """Folders of a package that spreads itself over the search path (`pkgutil.extend_path` and its like)."""
        parent, _, last = name.rpartition(".")
        above = self.reached[parent].located if parent in self.reached else None
        others = (folder / last for folder in (above.folders if above is not None else self.finder.search_path))
        return tuple(dict.fromkeys((*folders, *filter(Path.is_dir, others))))

    def _expect_imports(self, reached: Reached) -> None:
        """The modules that a module most likely brings in can be read while others are looked at.

        Nothing depends on whether these are the ones.
        """
        facts = reached.facts
        names: list[str] = []
        for fact in (*facts.imports, *(facts.main_imports if reached.name == "__main__" else ())) if facts else ():
            base = _absolute(fact, reached.package)
            if fact.binding in _CERTAIN or base.partition(".")[0] == reached.top or reached.name == "__main__":
                names.append(base)
                names += (f"{base}.{name}" for name in fact.names or ())
        self._expect(names)

    def _expect(self, names: Iterable[str]) -> None:
        paths: list[Path] = []
        for name in names if self._facts.is_reading else ():
            parts = name.split(".")
            for length, located in enumerate(self.finder.steps(name), 1):
                if located is not None and located.kind is Kind.SOURCE and ".".join(parts[:length]) not in self.reached:
                    paths.append(located.path)
        self._facts.expect(paths)

    def _search(self, reached: Reached) -> None:
        """Search from now on what a module adds to `sys.path`, and the folders that a rule says it adds."""
        if reached.located is None or reached.facts is None or reached.origin.is_stdlib:
            return
        rule = self._rules.of(reached.name, reached.origin)
        for folder in (*reached.facts.search_folders, *(rule.search_folders if rule else ())):
            self.finder.append(Path(os.path.normpath(reached.located.path.parent / folder)))

    def _note_names(self, rule: Rule | None) -> None:
        """Names under which the modules of a package that was found are imported, as its rule says."""
        if rule is not None:
            self._other_names |= rule.names

    def _renamed(self, fact: ImportFact) -> ImportFact:
        """An import by the name that the module has here."""
        top, dot, rest = fact.name.partition(".")
        if fact.level or top not in self._other_names:
            return fact
        return replace(fact, name=self._other_names[top] + dot + rest)

    def _define(self, node: Any, names: Iterable[str]) -> None:
        """Names are attributes of a module, but for those of its submodules: `from . import x` needs the submodule."""
        node.globalnames.update(set(names).difference(self.finder.locator.submodules(node.packagepath or ())))

    def _use_names(self, facts: FileFacts, *, all_functions: bool) -> None:
        """A file's code is reached: what it uses may be what others wait for."""
        for user, names in facts.names.items():
            if not user or all_functions or user in self._used:
                self._use(names)
            else:
                self._waiting.setdefault(user, []).append(names)

    def _use(self, names: str) -> None:
        queue = [names]
        while queue:
            new = set(queue.pop().split()) - self._used
            self._used |= new
            for name in self._waiting.keys() & new:
                for waiting in self._waiting.pop(name):
                    if isinstance(waiting, str):
                        queue.append(waiting)
                    else:
                        self._pending.append(waiting)

    def _must_wait(self, node: Any, fact: ImportFact) -> bool:
        """A deferred import of the standard library that nothing reached can cause.

        Its functions import what they need, and a program uses few of them; other libraries defer imports to start
        faster, so theirs are followed at once.
        """
        if fact.binding is not Binding.DEFERRED or not fact.user or fact.user in self._used:
            return False
        return self.reached[node.identifier].origin.is_stdlib

    def _is_baggage(self, node: Any, fact: ImportFact) -> bool:
        """A guarded or deferred import of another distribution, which the importing one does not require.

        The app's own code means what it imports; a library often only offers to work together with others. Whoever
        uses the library and requires both means that too (pandas and openpyxl, for `to_excel`).
        """
        if fact.level or fact.binding not in (Binding.OPTIONAL, Binding.DEFERRED):
            return False
        name = fact.name.partition(".")[0]
        if name in self.reached or name in self.finder.builtin:
            return False
        importer = self.reached[node.identifier].origin
        owner = self._installed(importer)
        if owner is None and not importer.is_stdlib:
            return False
        imported = self.finder.deepest(fact.name)
        other = self._installed(self._origins.of(imported)) if imported else None
        if other is None or other is owner or (owner and self._is_meant(owner, other)):
            return False
        self.left_out.setdefault(fact.name, LeftOut(node.identifier, fact.name, fact.binding, fact.line))
        return True

    def _installed(self, origin: Origin) -> Installed | None:
        """The distribution that installed a module; None when it is not known, or the module is the app's own."""
        return self._environment.get(origin.distribution) if origin.is_installed and origin.distribution else None

    def _is_meant(self, owner: Installed, other: Installed) -> bool:
        """Does a distribution require the other, or does one that has been reached require both?"""
        both = {owner.name, other.name}
        return self._environment.requires(owner, other) or any(both <= needs for needs in self._needs.values())

    def use(self, names: Iterable[str]) -> None:
        """Names that code outside the graph uses."""
        self._use(" ".join(names))
        self.run()

    def _read(self, located: Located | None) -> FileFacts | None:
        if located is None or located.kind is Kind.NAMESPACE:
            return None
        source: Path | None = located.path
        if located.kind is Kind.EXTENSION:
            source = sibling_source(located.path, self.finder.locator.extension_suffixes)
        return self._facts.facts(source) if source is not None else None

    def _scan(self, node: Any) -> None:
        reached = self.reached[node.identifier]
        rule = self._rules.of(reached.name, reached.origin)
        ignored = frozenset(rule.ignores) if rule else frozenset()
        parent = reached.name.rpartition(".")[0]
        if parent:
            self.edges.append(Edge(reached.name, parent, Binding.PARENT, is_attribute=False, line=0))
        hook = self._hooks.standard(reached.name, reached.located, reached.origin)
        if hook is not None:
            self._excluded_by_hooks[reached.name] = frozenset(hook.excluded_imports)
        self._follow_all(node, node, reached.facts.imports if reached.facts else (), ignored)
        for name in self._compiled_imports(reached):
            self._import_name(reached.name, name, Binding.EAGER)
        self._follow_unwritten(reached)
        self._expect(hook.hidden_imports if hook is not None else ())
        for name in hook.hidden_imports if hook is not None else ():
            self._import_name(reached.name, name, Binding.HOOK)
        if rule:
            self._follow_rule(reached.name, rule.implies)
            self._use(" ".join(rule.uses))

    def _follow_unwritten(self, reached: Reached) -> None:
        """What code outside the standard library needs without an import statement."""
        if not reached.origin.is_stdlib:
            for name, binding in self._references.of(reached):
                self._import_name(reached.name, name, binding)
            self._follow_rule(reached.name, self._codecs(reached))

    def _follow_rule(self, importer: str, names: Iterable[str]) -> None:
        for name in names:
            # What a pattern means is there, but perhaps not all that it imports in turn.
            binding = Binding.STRING if "*" in name else Binding.RULE
            found = list(self._expand(name))
            self._expect(found)
            for each in found:
                self._import_name(importer, each, binding)

    def _codecs(self, reached: Reached) -> Iterator[str]:
        """Codecs are imported by the name of their encoding, often one that comes from outside."""
        if reached.facts is not None:
            yield from (f"encodings.{name}" for name in reached.facts.codecs)
            if reached.facts.any_codec:
                yield "encodings.*"

    def _compiled_imports(self, reached: Reached) -> Iterable[str]:
        """Imports of a compiled module; those of the standard library are known by rules."""
        located = reached.located
        if located is None or located.kind is not Kind.EXTENSION or reached.origin.is_stdlib:
            return ()
        return self._extensions.imports(reached.name, located.path, reached.package, self._installed(reached.origin))

    def _expand(self, name: str) -> Iterator[str]:
        before, star, after = name.partition("*")
        if not star:
            yield name
            return
        parent, dot, stem = before.rpartition(".")
        last, rest_dot, rest = after.partition(".")
        for sub in self.finder.submodules(parent):
            if fnmatchcase(sub, f"{stem}*{last}"):
                found = parent + dot + sub
                if not rest or "*" in rest or self.is_there(f"{found}.{rest}"):
                    yield from self._expand(found + rest_dot + rest)

    def _import_name(self, importer: str | None, name: str, binding: Binding) -> Any:
        nodes = self._resolved(name, ())
        if nodes is None:
            nodes = self._graph._safe_import_hook(name, None, None)  # noqa: SLF001  # its one entry that never raises
        self.edges.append(Edge(importer, nodes[0].identifier, binding, is_attribute=False, line=0))
        return nodes[0]

    def _follow_all(self, node: Any, caller: Any, facts: Iterable[ImportFact], ignored: frozenset[str]) -> None:
        """Follow the imports of one file; relative ones start at `caller`."""
        failed = set()
        attempted: dict[int, list[str]] = {}
        for fact in map(self._renamed, self._not_excluded(caller, facts)):
            if fact.name in ignored or ("*" in ignored and fact.binding is Binding.DEFERRED):
                continue
            if fact.fallback and fact.fallback not in failed:
                # What was to be tried first is there; whether it can be imported will show.
                self._fallbacks.append(_Fallback(node, caller, fact, tuple(attempted.get(fact.fallback, ()))))
                continue
            edges = len(self.edges)
            if self._is_baggage(node, fact):
                failed.add(fact.attempt)
            elif self._must_wait(node, fact):
                self._waiting.setdefault(fact.user, []).append((node, fact))
            elif not self._follow(node, fact, caller):
                failed.add(fact.attempt)
            attempted.setdefault(fact.attempt, []).extend(edge.imported for edge in self.edges[edges:])

    def _not_excluded(self, caller: Any, facts: Iterable[ImportFact]) -> Iterable[ImportFact]:
        """Imports of one file without those that a hook, of the module or of a package around it, excludes."""
        importer = self.reached[caller.identifier]
        parts = importer.name.split(".")
        around = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
        excluded = frozenset().union(*(self._excluded_by_hooks.get(name, frozenset()) for name in around))
        return (kept for fact in facts if (kept := _without(fact, importer.package, excluded))) if excluded else facts

    def _follow(self, node: Any, fact: ImportFact, caller: Any = None) -> bool:
        """Follow one import; was everything that it names found?"""
        fact = self._renamed(fact)
        names = set(fact.names or ()) - {"*"}
        start = caller if caller and fact.level else node
        nodes = self._resolved(_absolute(fact, self.reached[start.identifier].package), names)
        if nodes is None:
            nodes = self._graph._safe_import_hook(fact.name, start, names, fact.level, attr=_SEPARATE)  # noqa: SLF001
        self._note(node.identifier, nodes[0].identifier, fact, is_attribute=False)
        for imported in nodes[1:]:
            self._note(node.identifier, imported.identifier, fact, is_attribute=True)
        if fact.names and "*" in fact.names:
            self._follow_star(node, nodes[0], fact)
        return nodes[0].identifier in self.reached and all(map(self._is_there, nodes[1:]))

    def _resolved(self, name: str, attributes: Iterable[str]) -> list[Any] | None:
        """What modulegraph would find, where all of it is reached already: most imports name what others have named."""
        if name not in self.reached:
            return None
        node = self._graph.findNode(name)
        nodes = [node]
        for attribute in attributes if node.packagepath else ():
            if f"{name}.{attribute}" in self.reached:
                nodes.append(self._graph.findNode(f"{name}.{attribute}"))
            elif attribute not in node.globalnames:
                return None
        return nodes

    def _is_there(self, imported: Any) -> bool:
        """Is there a module of this name, or may its parent have such an attribute?"""
        if imported.identifier in self.reached or imported.identifier in self.made_at_run_time:
            return True
        parent = self.reached.get(imported.identifier.rpartition(".")[0])
        return parent is not None and (parent.facts is None or parent.facts.may_have_any_name)

    def _follow_star(self, node: Any, imported: Any, fact: ImportFact) -> None:
        """`from package import *` imports the submodules that `__all__` names, and passes names on."""
        reached = self.reached.get(imported.identifier)
        if reached is None or reached.facts is None:
            return
        public = reached.facts.all or [name for name in imported.globalnames if not name.startswith("_")]
        self._define(node, public)
        if not imported.packagepath:
            return
        for name in reached.facts.all:
            if name not in reached.facts.globals and self.finder.locator.find(name, imported.packagepath):
                submodule = self._import_name(node.identifier, f"{imported.identifier}.{name}", fact.binding)
                self._note(node.identifier, submodule.identifier, fact, is_attribute=True)

    def _note(self, importer: str, imported: str, fact: ImportFact, *, is_attribute: bool) -> None:
        self.edges.append(Edge(importer, imported, fact.binding, is_attribute, fact.line))
        # `import a.b.c` reaches a and a.b too; the parents have their own edges from `_scan`.
