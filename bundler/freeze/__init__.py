"""Modules become static C data, compiled.

Verb: `freeze`. Noun: `FrozenImage`.
"""

from bundler.freeze.freeze import freeze
from bundler.freeze.image import FrozenImage, FrozenModule

__all__ = ["FrozenImage", "FrozenModule", "freeze"]
