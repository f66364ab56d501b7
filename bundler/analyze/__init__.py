"""Finds the modules, data files and distributions that the app reaches, and why.

Verb: `analyze`. Noun: `ModuleGraph`.
"""

from bundler.analyze.analyze import analyze
from bundler.analyze.graph import ModuleGraph

__all__ = ["ModuleGraph", "analyze"]
