"""Checks of a program's start that need facts: what would certainly fail when the binary runs is an error at once."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from bundler.analyze.graph import Binding
from bundler.analyze.installed.locate import ModuleKind
from bundler.analyze.nodes import Reached
from bundler.analyze.read.facts import FileFacts
from bundler.analyze.resolve.entry import Entry, in_folder, module_at
from bundler.analyze.resolve.finder import ModuleFinder
from bundler.errors import BundleError

# Names with which a module can give itself names that its statements do not bind.
_BINDING_NAMES = frozenset({"globals", "vars", "exec", "eval", "modules", "setattr", "__dict__"})


def refuse_syntax_error(entry: Entry, facts: FileFacts) -> None:
    """BundleError when the target Python cannot compile the entry."""
    if facts.error is not None:
        raise BundleError(
            "syntax-error",
            f"the program has a syntax error: {facts.error}",
            where=f"{entry.source}:{facts.error_line}",
            hint="correct the source, or choose the Python that it is written for with `--python`",
        )


def refuse_relative_imports(entry: Entry, facts: FileFacts) -> None:
    """BundleError when a plain script always executes a relative import: it has no package to start from.

    A script may set `__package__` itself (PEP 366).
    """
    if entry.package or "__package__" in facts.globals:
        return
    for fact in (*facts.imports, *facts.main_imports):
        if fact.level and fact.binding is Binding.EAGER:
            folder, module = module_at(entry.source, fact.level)
            raise BundleError(
                "relative-import",
                "a script cannot use relative imports: it belongs to no package",
                where=f"{entry.source}:{fact.line}",
                hint=f"bundle it as a module, with `-m {module}`{in_folder(folder)}",
            )


def refuse_missing_functions(entry: Entry, reached: Mapping[str, Reached], finder: ModuleFinder) -> None:
    """BundleError when a function to call is in a module that is not there, or that certainly has no such name."""
    for function in entry.functions:
        _refuse_missing(function, reached, finder)


def _refuse_missing(function: str, reached: Mapping[str, Reached], finder: ModuleFinder) -> None:
    name, _, attribute = function.partition(":")
    first, _, rest = attribute.partition(".")
    module = reached.get(name)
    if module is None:
        parent, dot, last = name.rpartition(".")
        near = difflib.get_close_matches(last, finder.submodules(parent), 1)
        raise BundleError(
            "no-such-module",
            f"there is no module `{name}` to call `{attribute}` of",
            hint=f"did you mean `{parent}{dot}{near[0]}:{attribute}`?"
            if near
            else "modules are looked for in the current folder and in the environment of the target Python (see `--python`)",
        )
    facts = _facts(module)
    if facts is None or facts.error or first in facts.globals or f"{name}.{first}" in reached or _may_have_more(facts):
        return
    near = difflib.get_close_matches(first, facts.globals, 1)
    after = f".{rest}" if rest else ""
    raise BundleError(
        "no-such-function",
        f"the module `{name}` has no `{first}`",
        where=str(module.located.file) if module.located else None,
        hint=f"did you mean `{name}:{near[0]}{after}`?"
        if near
        else "name a function that the module defines or imports",
    )


def _facts(module: Reached) -> FileFacts | None:
    """The facts of a module; those of an empty file for a namespace package; None where there is nothing to read."""
    if module.located is not None and module.located.kind is ModuleKind.NAMESPACE:
        return FileFacts()
    return module.facts


def _may_have_more(facts: FileFacts) -> bool:
    names = {name for each in facts.names.values() for name in each.split()}
    return facts.may_have_any_name or facts.has_lazy_attributes or not names.isdisjoint(_BINDING_NAMES)
