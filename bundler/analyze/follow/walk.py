"""Follows imports from a program until nothing new is reached: a work list of modules to scan and imports to follow."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from bundler.analyze.follow.ahead import ReadAhead
from bundler.analyze.follow.context import AnalysisContext
from bundler.analyze.follow.deferred import PendingImport, UsedNames
from bundler.analyze.follow.exclusions import Exclusions
from bundler.analyze.follow.imports import Imports
from bundler.analyze.follow.modules import Modules
from bundler.analyze.follow.optional import Fallbacks, OptionalDistributions
from bundler.analyze.follow.other_names import OtherNames
from bundler.analyze.follow.references import References
from bundler.analyze.follow.rules import Rule
from bundler.analyze.follow.search_folders import SearchFolders
from bundler.analyze.graph import APP, Binding, LeftOut, Origin
from bundler.analyze.hooks import RuntimeHook
from bundler.analyze.installed.locate import Folder, Located, ModuleKind
from bundler.analyze.nodes import Edge, Reached, Walk
from bundler.analyze.read.facts import FileFacts, ImportFact
from bundler.analyze.resolve.places import Places
from bundler.analyze.resolve.resolver import Node, Resolver

_ENDED = object()


class Walker:
    """A walk that is under way; `finished` gives the result.

    `metadata`: names of distributions whose metadata the app's own code looks up.
    """

    def __init__(self, context: AnalysisContext, excluded: Iterable[str], used_by_core: Iterable[str]) -> None:
        self.finder = context.finder
        self.reached: dict[str, Reached] = {}
        self.metadata: set[str] = set()
        self._left_out: dict[str, LeftOut] = {}
        self._made_at_run_time: set[str] = set()
        self._runtime_hooks: set[str] = set()
        self._bare: set[str] = set()  # modules whose deferred imports are not followed
        self._guarded: set[str] = set()  # modules whose guarded imports are followed
        self._late_rules: list[Rule] = []  # of modules that have been reached, for programs that use certain names
        self._pending: deque[Node | PendingImport] = deque()
        self.context = context
        self._ahead = ReadAhead(context.facts, context.finder, self.reached)
        # Folders that the program adds to its search path serve import statements alone.
        self._references = References(replace(context.finder), context.origins, context.distributions)
        self._used = UsedNames(used_by_core)
        self._fallbacks = Fallbacks()
        self._optional = OptionalDistributions(context.distributions, context.finder, context.origins)
        self._exclusions = Exclusions()
        self._names = OtherNames(context.finder, context.rules)
        places = Places()
        self._folders = SearchFolders(context.finder, places, context.rules, self.reached)
        self._modules = Modules(context, self.reached, places, self._names, self._folders)
        self._resolver = Resolver(context.finder, excluded, self._locate, self._found)
        self._imports = Imports(
            self._resolver, context.finder.locator, self._names, self.reached, self._made_at_run_time
        )

    def finished(self) -> Walk:
        """The finished walk."""
        return Walk(
            reached=MappingProxyType(dict(self.reached)),
            edges=tuple(self._imports.edges),
            left_out=tuple(self._left_out[name] for name in sorted(self._left_out)),
            unresolved=MappingProxyType(dict(self._references.unresolved)),
            made_at_run_time=frozenset(self._made_at_run_time),
            runtime_hooks=frozenset(self._runtime_hooks),
            additions=tuple(self._folders.additions),
        )

    # --- What has been found so far ---

    @property
    def edges(self) -> Iterable[Edge]:
        """The imports that have been followed."""
        return self._imports.edges

    @property
    def served(self) -> Mapping[str, Rule]:
        """Rules by names that are used and that only code at Python's start makes importable."""
        return self._names.served

    def exists(self, name: str) -> bool:
        """True if a module of this name exists, reached or not."""
        return name in self.reached or self.finder.exists(name)

    def is_near(self, module: Reached, name: str) -> bool:
        """True if a name belongs to a module's own package, or to a distribution that its own requires."""
        return self._references.is_near(module, name)

    def rules_in_effect(self) -> list[Rule]:
        """The rules for modules that have been reached."""
        found = (self.context.rules.of(module.name, module.origin) for module in self.reached.values())
        return [rule for rule in found if rule is not None]

    def uses_any(self, names: AbstractSet[str]) -> bool:
        """True if code outside of the standard library uses one of these names."""
        return self._used.uses_any(names)

    # --- What is brought in ---

    def add_main(self, facts: FileFacts, package: str, source: Path | None = None, origin: Origin = APP) -> None:
        """Follow the entry: a script, or a module of `package` that runs under the name `__main__`."""
        node = self._resolver.add("__main__", None)
        node.globalnames.update(facts.globals)
        located = Located(ModuleKind.SOURCE, source) if source is not None else None
        # Under the name of the module that it also is, if it is one of a package.
        place = PurePosixPath(*package.split("."), "__main__") if package else PurePosixPath("__main__")
        main = self.reached["__main__"] = Reached("__main__", located, facts, origin, place)
        self._folders.note(main)
        self._pending += self._used.use_file(facts, all_functions=True)
        self._pending += self._used.use(facts.main_names)
        self._ahead.imports(main)
        caller = node
        if package:
            # Relative imports of the entry start at its package.
            caller = self._imports.by_name("__main__", package, Binding.PARENT)
        for statements in (facts.imports, facts.main_imports):
            for _ in self._follow_all(node, caller, statements, frozenset()):
                self._drain()
        self._follow_unwritten(main)
        self.run()

    def add(self, importer: str | None, name: str, binding: Binding) -> bool:
        """Bring in a module by name; False when there is none."""
        self._imports.by_name(importer, name, binding)
        self.run()
        return name in self.reached

    def add_bare(self, importer: str | None, name: str, binding: Binding) -> None:
        """Bring in a module whose functions are never called: if it is new, imports inside them are not followed."""
        if name not in self.reached:
            self._bare.add(name)
            self.add(importer, name, binding)

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
            self._imports.edges.append(Edge("__main__", hook.name, Binding.HOOK, is_attribute=False, line=0))
            self.run()

    def follow_guarded(self, name: str) -> None:
        """Follow what a module imports only when it is run: below `if __name__ == "__main__"`."""
        facts = self.reached[name].facts if name in self.reached else None
        if facts is not None and name not in self._guarded:
            self._guarded.add(name)
            self._pending += self._used.use(facts.main_names)
            node = self._imports.node(name)
            self._pending += [PendingImport(node, fact) for fact in facts.main_imports]

    def use(self, names: Iterable[str]) -> None:
        """Note names that code outside the graph uses."""
        self._pending += self._used.use(" ".join(names))
        self.run()

    # --- The queue ---

    def run(self) -> None:
        """Scan what has been reached and not scanned yet."""
        while True:
            self._drain()
            self._follow_late_rules()
            self._pending += self._fallbacks.choose(self._imports.edges, self.reached)
            if not self._pending:
                return

    def _drain(self) -> None:
        """Follow all that waits. A scan that stops goes on when the queue is empty, the last one first: there may be hundreds."""
        stopped: list[Iterator[None]] = []
        while self._pending or stopped:
            if self._pending:
                pending = self._pending.popleft()
                if isinstance(pending, PendingImport):
                    self._imports.by_statement(pending.node, pending.fact, pending.caller)
                    continue
                stopped.append(self._scan(pending))
            if next(stopped[-1], _ENDED) is _ENDED:
                stopped.pop()

    def _locate(self, name: str, folders: Iterable[Folder]) -> Located | None:
        """The place of a module, below these folders unless a hook names others."""
        hooks = self.context.hooks
        before = hooks.before_import(name)
        if before is not None:
            self._made_at_run_time |= {*before.runtime_modules}
            for real, other in before.aliases:
                self._resolver.alias(real, other)
        located = self.finder.locator.find(name.rpartition(".")[2], hooks.search_folders(name, folders))
        if located is not None and located.folders and before is not None:
            return replace(located, folders=(*located.folders, *before.package_paths))
        return located

    def _found(self, node: Node, located: Located | None) -> None:
        self._reach(node, located, self.context.origins.of(located))

    def _reach(self, node: Node, located: Located | None, origin: Origin) -> None:
        reached = self._modules.add(node, located, origin)
        if reached.facts is not None:
            self._pending += self._used.use_file(reached.facts, all_functions=not origin.is_stdlib)
        self._optional.note(origin)
        self._pending.append(node)
        self._ahead.imports(reached)

    # --- Needs of one module ---

    def _scan(self, node: Node) -> Iterator[None]:
        """Follow one module; stops where what was imported so far is to be followed first."""
        reached = self.reached[node.identifier]
        rule = self.context.rules.of(reached.name, reached.origin)
        ignored = frozenset(rule.ignores) if rule else frozenset()
        if reached.name in self._bare:
            ignored |= {"*"}
        parent = reached.name.rpartition(".")[0]
        if parent:
            self._imports.edges.append(Edge(reached.name, parent, Binding.PARENT, is_attribute=False, line=0))
        hook = self.context.hooks.standard(reached.name, reached.located, reached.origin)
        if hook is not None:
            self._exclusions.note(reached.name, hook.excluded_imports)
        yield from self._follow_all(node, node, reached.facts.imports if reached.facts else (), ignored)
        for name in self._compiled_imports(reached):
            self._imports.by_name(reached.name, name, Binding.EAGER)
        if reached.facts is not None and reached.facts.reads_stub and reached.located is not None:
            stub = self.context.facts.facts(reached.located.path.with_suffix(".pyi"))
            yield from self._follow_all(node, node, stub.imports, ignored)
        self._follow_unwritten(reached)
        hidden = hook.hidden_imports if hook is not None else ()
        self._ahead.modules(hidden)
        for name in hidden:
            self._imports.by_name(reached.name, name, Binding.HOOK)
        if rule:
            self._follow_rule(reached.name, rule.implies)
            self._pending += self._used.use(" ".join(rule.uses))
            if rule.program_uses:
                self._late_rules.append(rule)

    def _compiled_imports(self, reached: Reached) -> Iterable[str]:
        """Imports of a compiled module; those of the standard library are known by rules."""
        located = reached.located
        if located is None or located.kind is not ModuleKind.EXTENSION or reached.origin.is_stdlib:
            return ()
        owner = self._optional.installed(reached.origin)
        return self.context.extensions.imports(reached.name, located.path, reached.package, owner)

    def _follow_unwritten(self, reached: Reached) -> None:
        """Follow what code outside the standard library needs without an import statement."""
        if not reached.origin.is_stdlib:
            for name, binding in self._references.of(reached):
                self._imports.by_name(reached.name, name, binding)
            self._follow_rule(reached.name, _codecs(reached))
            for name in reached.facts.run_modules if reached.facts is not None else ():
                self._follow_run(reached.name, name)
            if reached.facts is not None and reached.origin.is_own:
                self.metadata |= {*reached.facts.metadata}

    def _follow_run(self, importer: str, name: str) -> None:
        """Follow a module that is run as `python -m` runs it, if there is one of this name."""
        for each in (name, f"{name}.__main__"):
            if self.exists(each):
                self.follow_guarded(self._imports.by_name(importer, each, Binding.STRING).identifier)

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
            self._ahead.modules(found)
            for each in found:
                self._imports.by_name(importer, each, binding)

    # --- Import statements of one file ---

    def _follow_all(
        self, node: Node, caller: Node, facts: Iterable[ImportFact], ignored: frozenset[str]
    ) -> Iterator[None]:
        """Follow the imports of one file; relative ones start at `caller`. Stops before a line that adds folders which are searched:
        what is imported before that is followed first.
        """
        failed = set()
        attempted: dict[int, list[str]] = {}
        reached, edges = self.reached[node.identifier], self._imports.edges
        kept = self._exclusions.rest(self.reached[caller.identifier], facts)
        for fact in map(self._names.renamed, self._in_order(reached, kept)):
            yield from self._add_folders(reached, math.inf if fact.binding is Binding.DEFERRED else fact.line)
            if fact.name in ignored or ("*" in ignored and fact.binding is Binding.DEFERRED):
                continue
            if fact.fallback and fact.fallback not in failed:
                # The alternative to be tried first exists; whether it can be imported will show.
                self._fallbacks.wait(PendingImport(node, fact, caller), attempted.get(fact.fallback, ()))
                continue
            known = len(edges)
            if self._is_left_out(reached, fact):
                failed.add(fact.attempt)
            elif self._must_wait(reached, fact):
                self._used.wait(fact.user, PendingImport(node, fact))
            elif not self._imports.by_statement(node, fact, caller):
                failed.add(fact.attempt)
            attempted.setdefault(fact.attempt, []).extend(edge.imported for edge in edges[known:])
        yield from self._add_folders(reached, math.inf)

    def _in_order(self, reached: Reached, facts: Iterable[ImportFact]) -> Iterable[ImportFact]:
        """Imports in the order in which they happen, where that matters: deferred ones come after all lines have run."""
        if not self._folders.has_waiting(reached):
            return facts
        return sorted(facts, key=lambda fact: fact.binding is Binding.DEFERRED)

    def _add_folders(self, reached: Reached, line: float) -> Iterator[None]:
        """Add the folders that are searched before a line of a module runs."""
        if self._folders.are_due(reached, line):
            yield
        self._folders.apply(reached, line)

    def _must_wait(self, importer: Reached, fact: ImportFact) -> bool:
        """True for a deferred import of the standard library that no reached code can cause."""
        if fact.binding is not Binding.DEFERRED or not fact.user or fact.user in self._used:
            return False
        return importer.origin.is_stdlib

    def _is_left_out(self, importer: Reached, fact: ImportFact) -> bool:
        """True for an import that the program does without, which is then noted."""
        name = fact.name.partition(".")[0]
        if name in self.reached or name in self.finder.builtin:
            return False
        if not self._optional.is_offer(importer.origin, fact):
            return False
        self._left_out.setdefault(fact.name, LeftOut(importer.name, fact.name, fact.binding, fact.line))
        return True


def _codecs(reached: Reached) -> Iterator[str]:
    """Modules of the codecs that a file uses: all of them, if an encoding is computed."""
    if reached.facts is not None:
        yield from (f"encodings.{name}" for name in reached.facts.codecs)
        if reached.facts.any_codec:
            yield "encodings.*"
