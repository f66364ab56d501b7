"""Follows imports from a program until nothing new is reached: a work list of modules to scan and imports to follow."""

from __future__ import annotations

import math
import os
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from bundler.analyze.follow.deferred import PendingImport, UsedNames
from bundler.analyze.follow.optional import Fallbacks, OptionalDistributions
from bundler.analyze.follow.references import References
from bundler.analyze.follow.rules import Rule, Rules
from bundler.analyze.graph import APP, Binding, LeftOut, Origin
from bundler.analyze.hooks import Hooks, RuntimeHook
from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import Folder, Located, ModuleKind, sibling_source
from bundler.analyze.installed.origins import Origins
from bundler.analyze.nodes import COMPILING_SOURCES, READING_SOURCES, AddedFolder, Edge, Reached, Walk
from bundler.analyze.read.extension import ExtensionImports
from bundler.analyze.read.facts import Addition, FactSource, FileFacts, ImportFact, absolute_name
from bundler.analyze.resolve.finder import ModuleFinder
from bundler.analyze.resolve.places import Places, relative_place
from bundler.analyze.resolve.resolver import Node, Resolver

# Functions of `inspect` that need the source of what they are given.

_CERTAIN = frozenset({Binding.EAGER, Binding.CONDITIONAL})


@dataclass(frozen=True, slots=True)
class AnalysisContext:
    """Sources of answers for a walk: where modules are, whose they are, what they hold, what rules and hooks say of them."""

    finder: ModuleFinder
    origins: Origins
    facts: FactSource
    extensions: ExtensionImports
    distributions: InstalledDistributions
    rules: Rules
    hooks: Hooks


def _without(fact: ImportFact, package: str, excluded: frozenset[str]) -> ImportFact | None:
    """The rest of an import in a module of `package` when some modules are not to be imported; None when nothing is left."""
    base = absolute_name(fact, package)

    def is_excluded(name: str) -> bool:
        return any(name == each or name.startswith(f"{each}.") for each in excluded)

    if is_excluded(base):
        return None
    names = tuple(name for name in fact.names or () if not is_excluded(f"{base}.{name}"))
    return fact if names == (fact.names or ()) else replace(fact, names=names)


class Walker:
    """A walk that is under way; `finished` gives the result."""

    def __init__(self, context: AnalysisContext, excluded: Iterable[str], used_by_core: Iterable[str]) -> None:
        self.finder = context.finder
        self.reached: dict[str, Reached] = {}
        self._edges: list[Edge] = []
        self._left_out: dict[str, LeftOut] = {}
        self._made_at_run_time: set[str] = set()
        self._runtime_hooks: set[str] = set()
        self._facts = context.facts
        self._extensions = context.extensions
        # Folders that the program adds to its search path serve import statements alone.
        self._references = References(replace(context.finder), context.origins, context.distributions)
        self._origins = context.origins
        self._rules = context.rules
        self._hooks = context.hooks
        self._places = Places()
        self._additions: list[AddedFolder] = []
        self._bare: set[str] = set()  # modules whose deferred imports are not followed
        self._guarded: set[str] = set()  # modules whose guarded imports are followed
        self.metadata: set[str] = set()  # names of distributions whose metadata the app's own code looks up
        self._to_add: dict[str, deque[Addition]] = {}  # certain additions by the module that makes them, in order
        self._serving: dict[str, Rule] = {}
        self._other_names: dict[str, str] = {}  # top-level names that stand for modules inside packages
        self._excluded_by_hooks: dict[str, frozenset[str]] = {}  # by the module whose imports are meant
        self._pending: deque[Node | PendingImport] = deque()
        self._used = UsedNames(used_by_core)
        self._fallbacks = Fallbacks()
        self._late_rules: list[Rule] = []  # of modules that have been reached, for programs that use certain names
        self._optional = OptionalDistributions(context.distributions, context.finder, context.origins)
        self.served: dict[str, Rule] = {}  # rules by names that only code at Python's start makes importable
        for rule in context.rules.packages.values():
            if rule.serve and self.finder.exists(rule.module):
                self._note_names(rule)
        self._resolver = Resolver(context.finder, excluded, self._locate, self._found)

    def finished(self) -> Walk:
        """The finished walk."""
        return Walk(
            reached=dict(self.reached),
            edges=tuple(self._edges),
            left_out=tuple(self._left_out[name] for name in sorted(self._left_out)),
            unresolved=dict(self._references.unresolved),
            made_at_run_time=frozenset(self._made_at_run_time),
            runtime_hooks=frozenset(self._runtime_hooks),
            additions=tuple(self._additions),
        )

    # --- What is brought in ---

    def add_main(self, facts: FileFacts, package: str, source: Path | None = None, origin: Origin = APP) -> None:
        """Follow the entry: a script, or a module of `package` that runs under the name `__main__`."""
        node = self._resolver.add("__main__", None)
        node.globalnames.update(facts.globals)
        located = Located(ModuleKind.SOURCE, source) if source is not None else None
        # Under the name of the module that it also is, if it is one of a package.
        place = PurePosixPath(*package.split("."), "__main__") if package else PurePosixPath("__main__")
        self.reached["__main__"] = Reached("__main__", located, facts, origin, place)
        self._search(self.reached["__main__"])
        self._pending += self._used.use_file(facts, all_functions=True)
        self._pending += self._used.use(facts.main_names)
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

    def add_bare(self, importer: str | None, name: str, binding: Binding) -> None:
        """Bring in a module whose functions are never called: if it is new, imports inside them are not followed."""
        if name not in self.reached:
            self._bare.add(name)
            self.add(importer, name, binding)

    def exists(self, name: str) -> bool:
        """True if a module of this name exists, reached or not."""
        return name in self.reached or self.finder.exists(name)

    def add_existing(self, importer: str | None, name: str, binding: Binding) -> None:
        """Bring in a module, if there is one of this name."""
        if name not in self.reached and self.exists(name):
            self.add(importer, name, binding)

    def add_runtime_hook(self, hook: RuntimeHook) -> None:
        """Bring in a file as a module that runs before the program."""
        if hook.name not in self.reached:
            node = self._resolver.add(hook.name, hook.path)
            self._runtime_hooks.add(hook.name)
            self._reach(node, Located(ModuleKind.SOURCE, hook.path), hook.origin)
            self._edges.append(Edge("__main__", hook.name, Binding.HOOK, is_attribute=False, line=0))
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

    def reads_own_sources(self) -> bool:
        """True if some module reads the sources of the app's own modules: one of these, or a library of which a rule says so."""
        wanted = READING_SOURCES | COMPILING_SOURCES
        if any(module.origin.is_own and module.has_any(wanted) for module in self.reached.values()):
            return True
        return any(
            rule.reads_own_sources and (not rule.program_uses or self._used.uses_any(rule.program_uses))
            for rule in self.rules_in_effect()
        )

    def rules_in_effect(self) -> list[Rule]:
        """The rules for modules that have been reached."""
        found = (self._rules.of(module.name, module.origin) for module in self.reached.values())
        return [rule for rule in found if rule is not None]

    def add_expanded(self, importer: str, pattern: str) -> None:
        """Bring in the modules that a pattern of a rule stands for."""
        for name in self.finder.expand(pattern):
            self.add_existing(importer, name, Binding.RULE)

    def follow_file(self, package: Reached, path: Path) -> None:
        """Bring in what a source that no statement imports needs: of its package, what that requires, and the library."""
        for fact in self._facts.facts(path).imports:
            located = self.finder.find(fact.name.partition(".")[0]) if not fact.level else None
            if located is not None and (
                self._origins.of(located).is_stdlib or self._references.is_near(package, fact.name)
            ):
                for name in (fact.name, *(f"{fact.name}.{each}" for each in fact.names or ())):
                    self.add_existing(package.name, name, Binding.STRING)

    def add_run(self, importer: str | None, name: str) -> None:
        """Bring in a module that is run as `python -m` runs it, if there is one of this name."""
        for each in (name, f"{name}.__main__"):
            if self.exists(each):
                node = self._import_name(importer, each, Binding.STRING)
                self.follow_guarded(node.identifier)

    def follow_guarded(self, name: str) -> None:
        """Follow what a module imports only when it is run: below `if __name__ == "__main__"`."""
        facts = self.reached[name].facts if name in self.reached else None
        if facts is not None and name not in self._guarded:
            self._guarded.add(name)
            self._pending += self._used.use(facts.main_names)
            node = self._resolver.resolve(name, name)[0]
            self._pending += [PendingImport(node, fact) for fact in facts.main_imports]

    def use(self, names: Iterable[str]) -> None:
        """Note names that code outside the graph uses."""
        self._pending += self._used.use(" ".join(names))
        self.run()

    def run(self) -> None:
        """Scan what has been reached and not scanned yet."""
        while True:
            self._drain()
            self._follow_late_rules()
            self._pending += self._fallbacks.choose(self._edges, self.reached)
            if not self._pending:
                return

    def _drain(self) -> None:
        while self._pending:
            pending = self._pending.popleft()
            if isinstance(pending, PendingImport):
                self._follow(pending.node, pending.fact, pending.caller)
            else:
                self._scan(pending)

    # --- What the resolver asks ---

    def _locate(self, name: str, folders: Iterable[Folder]) -> Located | None:
        """The place of a module, below these folders unless a hook names others."""
        before = self._hooks.before_import(name)
        if before is not None:
            self._made_at_run_time |= {*before.runtime_modules}
            for real, other in before.aliases:
                self._resolver.alias(real, other)
        folders = self._hooks.search_folders(name, folders)
        located = self.finder.locator.find(name.rpartition(".")[2], folders)
        if located is not None and located.folders and before is not None:
            return replace(located, folders=(*located.folders, *before.package_paths))
        return located

    def _found(self, node: Node, located: Located | None) -> None:
        self._reach(node, located, self._origins.of(located))

    # --- Modules ---

    def _reach(self, node: Node, located: Located | None, origin: Origin) -> None:
        """Read the facts of a new module now (names that it defines decide what resolves); its imports come later."""
        facts = self._read(located)
        self._note_names(self._rules.of(node.identifier, origin))
        place = self._places.of_module(node.identifier, located)
        if facts is not None and located is not None:
            if located.folders:
                located = self._spread(node, located, facts, place)
            self._define(node, facts.globals)
            self._pending += self._used.use_file(facts, all_functions=not origin.is_stdlib)
        folders = self._places.of_folders(place, located.folders) if located is not None else ()
        reached = self.reached[node.identifier] = Reached(node.identifier, located, facts, origin, place, folders)
        self._search(reached)
        self._optional.note(origin)
        self._pending.append(node)
        if self._facts.is_reading:
            self._expect_imports(reached)

    def _spread(self, node: Node, located: Located, facts: FileFacts, place: PurePosixPath) -> Located:
        """The package with the folders that it adds to its `__path__`."""
        folders = list(located.folders)
        if facts.extends_path:
            folders = list(self._extended(node.identifier, located.folders))
        for addition in facts.package_folders:
            if not addition.name:
                folder = Path(os.path.normpath(located.path.parent / addition.folder))
                self._places.add_folder(folder, relative_place(place, addition.folder))
                folders.insert(len(folders) if addition.position is None else addition.position, folder)
        if folders == list(located.folders):
            return located
        node.packagepath = [str(folder) for folder in folders]
        self.finder.package_folders[node.identifier] = tuple(folders)
        return replace(located, folders=tuple(folders))

    def _extended(self, name: str, folders: tuple[Path, ...]) -> tuple[Path, ...]:
        """Folders of a package that spreads itself over the search path (`pkgutil.extend_path` and its like)."""
        parent, _, last = name.rpartition(".")
        above = self.reached[parent].located if parent in self.reached else None
        others = (folder / last for folder in (above.folders if above is not None else self.finder.search_path))
        return tuple(dict.fromkeys((*folders, *filter(Path.is_dir, others))))

    def _expect_imports(self, reached: Reached) -> None:
        """Start to read the modules that a module most likely imports, while others are looked at.

        A wrong guess only wastes time.
        """
        facts = reached.facts
        names: list[str] = []
        for fact in (*facts.imports, *(facts.main_imports if reached.name == "__main__" else ())) if facts else ():
            base = absolute_name(fact, reached.package)
            if fact.binding in _CERTAIN or base.partition(".")[0] == reached.top or reached.name == "__main__":
                names.append(base)
                names += (f"{base}.{name}" for name in fact.names or ())
        self._expect(names)

    def _expect(self, names: Iterable[str]) -> None:
        paths: list[Path] = []
        for name in names if self._facts.is_reading else ():
            parts = name.split(".")
            for length, located in enumerate(self.finder.steps(name), 1):
                if (
                    located is not None
                    and located.kind is ModuleKind.SOURCE
                    and ".".join(parts[:length]) not in self.reached
                ):
                    paths.append(located.path)
        self._facts.expect(paths)

    def _search(self, reached: Reached) -> None:
        """Search from now on the folders that a rule says a module adds to `sys.path`, and those that it may add.

        What it adds whenever it runs is added when its imports are followed, in the order of lines.
        """
        if reached.located is None or reached.facts is None or reached.origin.is_stdlib:
            return
        rule = self._rules.of(reached.name, reached.origin)
        for folder in rule.search_folders if rule else ():
            self._add_folder(reached, folder, Addition(folder, "", None, 0, is_certain=True))
        certain = []
        for addition in reached.facts.search_folders:
            if addition.is_certain:
                certain.append(addition)
            else:
                self._apply(reached, addition)
        if certain:
            self._to_add[reached.name] = deque(certain)

    def _apply_before(self, reached: Reached, line: float) -> None:
        """Make the additions that happen before a line of a module runs: its own certain ones, and those of modules that it
        has imported by then. What was imported before an addition is followed before it.
        """
        own = self._to_add.get(reached.name, deque())
        if (own and own[0].line <= line) or len(self._to_add) > (reached.name in self._to_add):
            self._drain()
        while own and own[0].line <= line:
            self._apply(reached, own.popleft())
        if not own:
            self._to_add.pop(reached.name, None)

    def _apply(self, reached: Reached, addition: Addition) -> None:
        if not addition.name:
            self._add_folder(reached, addition.folder, addition)
            return
        home, folder = self._named_folder(reached, addition.name)
        if home is not None:
            self._add_folder(home, folder, addition)

    def _named_folder(self, reached: Reached, name: str) -> tuple[Reached | None, str]:
        """The module in which a name stands for a folder, and the folder relative to its file."""
        before, _, last = name.rpartition(".")
        for fact in reached.facts.imports if reached.facts else ():
            base = absolute_name(fact, reached.package)
            is_meant = fact.name == before if before else last in (fact.names or ())
            module = self.reached.get(base) if is_meant else None
            if module is not None and module.facts is not None and last in module.facts.folder_names:
                return module, module.facts.folder_names[last]
        return None, ""

    def _add_folder(self, reached: Reached, relative: str, addition: Addition) -> None:
        assert reached.located is not None
        folder = Path(os.path.normpath(reached.located.path.parent / relative))
        is_package = bool(reached.located.folders)
        self._places.add_folder(folder, relative_place(reached.place if is_package else reached.place.parent, relative))
        self.finder.insert(folder, addition.position)
        self._additions.append(AddedFolder(folder, reached.name, addition.line, addition.position, addition.is_certain))

    def _note_names(self, rule: Rule | None) -> None:
        """Note names, from a package's rule, under which its modules are imported; existing modules keep theirs, unless
        Python's start sets them aside.
        """
        if rule is None:
            return
        is_first = rule.serve_file and any((folder / rule.serve_file).is_file() for folder in self.finder.search_path)
        for name, real in rule.names.items():
            if name not in self._other_names and (is_first or not self.finder.exists(name)):
                self._other_names[name] = real
                if rule.serve:
                    self._serving[name] = rule

    def _renamed(self, fact: ImportFact) -> ImportFact:
        """The import, with the name that the module has in the graph."""
        top, dot, rest = fact.name.partition(".")
        if fact.level or top not in self._other_names:
            return fact
        if top in self._serving:
            self.served[top] = self._serving[top]
        return replace(fact, name=self._other_names[top] + dot + rest)

    def _define(self, node: Node, names: Iterable[str]) -> None:
        """Note names as attributes of a module, without those of its submodules: `from . import x` needs the submodule."""
        node.globalnames.update(set(names).difference(self.finder.locator.submodules(node.packagepath or ())))

    def _must_wait(self, node: Node, fact: ImportFact) -> bool:
        """True for a deferred import of the standard library that no reached code can cause."""
        if fact.binding is not Binding.DEFERRED or not fact.user or fact.user in self._used:
            return False
        return self.reached[node.identifier].origin.is_stdlib

    def _is_left_out(self, node: Node, fact: ImportFact) -> bool:
        """True for an import that the program does without, which is then noted."""
        name = fact.name.partition(".")[0]
        if name in self.reached or name in self.finder.builtin:
            return False
        if not self._optional.is_offer(self.reached[node.identifier].origin, fact):
            return False
        self._left_out.setdefault(fact.name, LeftOut(node.identifier, fact.name, fact.binding, fact.line))
        return True

    def _read(self, located: Located | None) -> FileFacts | None:
        if located is None or located.kind is ModuleKind.NAMESPACE:
            return None
        source: Path | None = located.path
        if located.kind is ModuleKind.EXTENSION:
            source = sibling_source(located.path, self.finder.locator.extension_suffixes)
        return self._facts.facts(source) if source is not None else None

    def _scan(self, node: Node) -> None:
        reached = self.reached[node.identifier]
        rule = self._rules.of(reached.name, reached.origin)
        ignored = frozenset(rule.ignores) if rule else frozenset()
        if reached.name in self._bare:
            ignored |= {"*"}
        parent = reached.name.rpartition(".")[0]
        if parent:
            self._edges.append(Edge(reached.name, parent, Binding.PARENT, is_attribute=False, line=0))
        hook = self._hooks.standard(reached.name, reached.located, reached.origin)
        if hook is not None:
            self._excluded_by_hooks[reached.name] = frozenset(hook.excluded_imports)
        self._follow_all(node, node, reached.facts.imports if reached.facts else (), ignored)
        for name in self._compiled_imports(reached):
            self._import_name(reached.name, name, Binding.EAGER)
        if reached.facts is not None and reached.facts.reads_stub and reached.located is not None:
            stub = self._facts.facts(reached.located.path.with_suffix(".pyi"))
            self._follow_all(node, node, stub.imports, ignored)
        self._follow_unwritten(reached)
        self._expect(hook.hidden_imports if hook is not None else ())
        for name in hook.hidden_imports if hook is not None else ():
            self._import_name(reached.name, name, Binding.HOOK)
        if rule:
            self._follow_rule(reached.name, rule.implies)
            self._pending += self._used.use(" ".join(rule.uses))
            if rule.program_uses:
                self._late_rules.append(rule)

    def _follow_unwritten(self, reached: Reached) -> None:
        """Follow what code outside the standard library needs without an import statement."""
        if not reached.origin.is_stdlib:
            for name, binding in self._references.of(reached):
                self._import_name(reached.name, name, binding)
            self._follow_rule(reached.name, self._codecs(reached))
            for name in reached.facts.run_modules if reached.facts is not None else ():
                self.add_run(reached.name, name)
            if reached.facts is not None and reached.origin.is_own:
                self.metadata |= {*reached.facts.metadata}

    def _follow_late_rules(self) -> None:
        """Follow rules whose names the program turned out to use."""
        due = [rule for rule in self._late_rules if self._used.uses_any(rule.program_uses)]
        self._late_rules = [rule for rule in self._late_rules if rule not in due]
        for rule in due:
            self._follow_rule(rule.module, rule.program_implies)

    def _follow_rule(self, importer: str, names: Iterable[str]) -> None:
        for name in names:
            # The modules of a pattern exist, but perhaps not all that they import in turn.
            binding = Binding.STRING if "*" in name else Binding.RULE
            found = list(self.finder.expand(name))
            self._expect(found)
            for each in found:
                self._import_name(importer, each, binding)

    def _codecs(self, reached: Reached) -> Iterator[str]:
        """Modules of the codecs that a file uses: all of them, if an encoding is computed."""
        if reached.facts is not None:
            yield from (f"encodings.{name}" for name in reached.facts.codecs)
            if reached.facts.any_codec:
                yield "encodings.*"

    def _compiled_imports(self, reached: Reached) -> Iterable[str]:
        """Imports of a compiled module; those of the standard library are known by rules."""
        located = reached.located
        if located is None or located.kind is not ModuleKind.EXTENSION or reached.origin.is_stdlib:
            return ()
        return self._extensions.imports(
            reached.name, located.path, reached.package, self._optional.installed(reached.origin)
        )

    def _import_name(self, importer: str | None, name: str, binding: Binding) -> Node:
        node = self._resolver.resolve(name, name)[0]
        self._edges.append(Edge(importer, node.identifier, binding, is_attribute=False, line=0))
        return node

    def _follow_all(self, node: Node, caller: Node, facts: Iterable[ImportFact], ignored: frozenset[str]) -> None:
        """Follow the imports of one file; relative ones start at `caller`."""
        failed = set()
        attempted: dict[int, list[str]] = {}
        reached = self.reached[node.identifier]
        for fact in map(self._renamed, self._in_order(reached, self._not_excluded(caller, facts))):
            self._apply_before(reached, math.inf if fact.binding is Binding.DEFERRED else fact.line)
            if fact.name in ignored or ("*" in ignored and fact.binding is Binding.DEFERRED):
                continue
            if fact.fallback and fact.fallback not in failed:
                # The alternative to be tried first exists; whether it can be imported will show.
                self._fallbacks.wait(PendingImport(node, fact, caller), attempted.get(fact.fallback, ()))
                continue
            edges = len(self._edges)
            if self._is_left_out(node, fact):
                failed.add(fact.attempt)
            elif self._must_wait(node, fact):
                self._used.wait(fact.user, PendingImport(node, fact))
            elif not self._follow(node, fact, caller):
                failed.add(fact.attempt)
            attempted.setdefault(fact.attempt, []).extend(edge.imported for edge in self._edges[edges:])
        self._apply_before(reached, math.inf)

    def _in_order(self, reached: Reached, facts: Iterable[ImportFact]) -> Iterable[ImportFact]:
        """Imports in the order in which they happen, where that matters: deferred ones come after all lines have run."""
        if not self._to_add.get(reached.name):
            return facts
        return sorted(facts, key=lambda fact: fact.binding is Binding.DEFERRED)

    def _not_excluded(self, caller: Node, facts: Iterable[ImportFact]) -> Iterable[ImportFact]:
        """Imports of one file without those that a hook, of the module or of a package around it, excludes."""
        importer = self.reached[caller.identifier]
        parts = importer.name.split(".")
        around = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
        excluded = frozenset().union(*(self._excluded_by_hooks.get(name, frozenset()) for name in around))
        # A hook's exclusion does not apply inside the excluded package: when something else imports that, it must be whole.
        excluded = frozenset(name for name in excluded if not f"{importer.name}.".startswith(f"{name}."))
        return (kept for fact in facts if (kept := _without(fact, importer.package, excluded))) if excluded else facts

    def _follow(self, node: Node, fact: ImportFact, caller: Node | None = None) -> bool:
        """Follow one import; True if everything that it names was found."""
        fact = self._renamed(fact)
        names = set(fact.names or ()) - {"*"}
        start = caller if caller and fact.level else node
        absolute = absolute_name(fact, self.reached[start.identifier].package)
        nodes = self._resolver.resolve(fact.name, absolute, names, start=start, level=fact.level)
        self._note(node.identifier, nodes[0].identifier, fact, is_attribute=False)
        for imported in nodes[1:]:
            self._note(node.identifier, imported.identifier, fact, is_attribute=True)
        if fact.names and "*" in fact.names:
            self._follow_star(node, nodes[0], fact)
        return nodes[0].identifier in self.reached and all(map(self._is_there, nodes[1:]))

    def _is_there(self, imported: Node) -> bool:
        """True if a module of this name exists, or if its parent may have such an attribute."""
        if imported.identifier in self.reached or imported.identifier in self._made_at_run_time:
            return True
        parent = self.reached.get(imported.identifier.rpartition(".")[0])
        return parent is not None and (parent.facts is None or parent.facts.may_have_any_name)

    def _follow_star(self, node: Node, imported: Node, fact: ImportFact) -> None:
        """Follow `from package import *`: it imports the submodules that `__all__` names, and passes names on."""
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
        self._edges.append(Edge(importer, imported, fact.binding, is_attribute, fact.line))
        # `import a.b.c` reaches a and a.b too; the parents have their own edges from `_scan`.
