"""Proof, for one program, that its static code objects are what the interpreter would have unmarshalled.

Verb: `self_check`. Noun: `Comparison`.
"""

from bundler.selfcheck.check import Case, Comparison, Fresh, compare, self_check

__all__ = ["Case", "Comparison", "Fresh", "compare", "self_check"]
