"""Tells which modules and distributions are not there. Nothing is imported: packages are asked for their folders only."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import importlib.util
import json
import sys

from .schema import InstalledJob


def main() -> None:
    """Read names from standard input, write those that are absent."""
    job: InstalledJob = json.load(sys.stdin)
    sys.path[:0] = job["folders"]
    absent = [name for name in job["modules"] if not _is_module(name)]
    absent += [name for name in job["distributions"] if not _is_distribution(name)]
    json.dump(absent, sys.stdout)


def _is_module(name: str) -> bool:
    first, *rest = name.split(".")
    try:
        spec = importlib.util.find_spec(first)
    except (ImportError, ValueError):
        return first in sys.modules
    for index, _ in enumerate(rest, 2):
        if spec is None or spec.submodule_search_locations is None:
            return False
        spec = importlib.machinery.PathFinder.find_spec(
            ".".join(name.split(".")[:index]), [*spec.submodule_search_locations]
        )
    return spec is not None


def _is_distribution(name: str) -> bool:
    try:
        importlib.metadata.distribution(name)
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return False
    return True
