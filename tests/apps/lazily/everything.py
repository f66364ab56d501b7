"""A program whose every import is lazy, by an option."""

import colorsys
import sys
from fractions import Fraction

try:
    import quopri
except ImportError:
    pass


def late():
    import calendar

    return "calendar" in sys.modules


def loaded():
    return [name in sys.modules for name in ("colorsys", "fractions", "quopri", "shelf", "calendar")]


print(sys.get_lazy_imports(), loaded())
import shelf.deep

print(shelf.deep.DEPTH, Fraction(1, 3), late(), loaded())
