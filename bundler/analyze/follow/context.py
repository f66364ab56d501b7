"""Noun: the sources of answers for a walk."""

from __future__ import annotations

from dataclasses import dataclass

from bundler.analyze.follow.rules import Rules
from bundler.analyze.hooks import Hooks
from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.origins import Origins
from bundler.analyze.read.extension import ExtensionImports
from bundler.analyze.read.facts import FactSource
from bundler.analyze.resolve.finder import ModuleFinder


@dataclass(frozen=True, slots=True)
class AnalysisContext:
    """The places of modules, their owners and contents, and what rules and hooks say of them."""

    finder: ModuleFinder
    origins: Origins
    facts: FactSource
    extensions: ExtensionImports
    distributions: InstalledDistributions
    rules: Rules
    hooks: Hooks
