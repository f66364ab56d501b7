"""Proof, for one program, that its static code objects are what the interpreter would have unmarshalled.

Verb: `self_check`. Noun: `Comparison`.
"""

from bundler.selfcheck.check import Comparison, Fresh, compare, self_check
from bundler.selfcheck.worker.schema import Case

__all__ = ["Case", "Comparison", "Fresh", "compare", "self_check"]
