"""Lazy imports of 3.15 (PEP 810)."""

import sys

lazy import colorsys
lazy import json.decoder as decoder
lazy import nowhere_at_all
lazy from fractions import Fraction as F, absent
lazy from shelf import TITLES, deep, missing

OWN = ("colorsys", "json.decoder", "fractions", "shelf", "shelf.deep")


def loaded():
    return [name in sys.modules for name in OWN]


print(sys.get_lazy_imports(), loaded(), type(globals()["colorsys"]).__name__)
print(sorted(name for name in sys.lazy_modules if name.startswith(OWN)))
print(colorsys.rgb_to_hsv(1, 0, 0), type(globals()["colorsys"]).__name__, loaded())
print(decoder.JSONDecoder.__name__, F(1, 2), TITLES, loaded())
print(deep.DEPTH, loaded())
for use in (lambda: nowhere_at_all, lambda: absent, lambda: missing):
    try:
        use()
    except ImportError as error:
        print(type(error).__name__, error, error.name, "|", type(error.__cause__).__name__, error.__cause__)
import shelf.asking

print(shelf.asking.work())
