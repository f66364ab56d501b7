"""Lazy by a list of names, which older Pythons ignore."""

import sys

__lazy_modules__ = ["statistics", "shelf.deep"]

import statistics
import wave

import shelf.deep


def work():
    names = ("statistics", "shelf.deep", "wave")
    before = [name in sys.modules for name in names]
    return before, statistics.mean([1, 2]), shelf.deep.DEPTH, [name in sys.modules for name in names]
