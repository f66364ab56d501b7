"""Tells whether a program is a server, or reaches one: strangers' names meet hashes whose secret is that of the build."""

from __future__ import annotations

from bundler.analyze.graph import ModuleGraph
from bundler.errors import Diagnostic, Severity
from bundler.settings import Settings
from bundler.snapshot.model import Refusal
from bundler.snapshot.rules import Rules


def refuse_server(graph: ModuleGraph, settings: Settings, rules: Rules) -> Refusal | None:
    """The refusal of a program that is an installed server; None for any other."""
    if settings.script is None and settings.module is None:
        return None
    begun = {each.imported for each in graph.imports if each.importer == "__main__"}
    for name in sorted({*begun, graph.main_module}):
        module = graph.imported(name)
        if module is not None and module.origin.distribution in rules.servers:
            return Refusal(
                f"it is a server ({module.origin.distribution}), whose hashes no stranger should be able to know"
            )
    return None


def server_note(graph: ModuleGraph, rules: Rules) -> Diagnostic | None:
    """A note if the program has a module that serves; None for any other."""
    name = next((name for name in rules.serving_modules if graph.imported(name) is not None), None)
    if name is None:
        return None
    return Diagnostic(
        Severity.NOTE,
        "server-with-snapshot",
        f"the program can be a server (`{name}`), and its snapshot fixes the secret of string hashes",
        hint="if it takes names from strangers, build it with `--snapshot no`",
    )
