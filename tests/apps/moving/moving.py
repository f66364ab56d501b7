"""Asks for what only options and hooks can know of; prints what it got as JSON."""

import importlib
import importlib.metadata
import importlib.util
import inspect
import json
import os
import sys
from pathlib import Path

import plugins

here = Path(plugins.__file__).parent


def found(name):
    """Can a module with this name, which nothing names in one piece, be imported?"""
    try:
        return importlib.import_module(name.replace("/", ".")).__name__
    except ImportError:
        return None


def version(name):
    try:
        return bool(importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return False


json.dump(
    {
        "hidden": found("plug" + "ins/secret"),
        "unwanted": found("plugins/un" + "wanted"),
        "data": (here / "added" / "by_hook.txt").read_text().strip(),
        "source": inspect.getsource(plugins.sourced).splitlines()[0],
        "collected": [found("ext" + "ras/inner/deep"), (here.parent / "extras" / "inner" / "data.txt").read_text().strip()],
        "only data": [found("cert" + "ifi/core"), (here.parent / "certifi" / "cacert.pem").exists()],
        "metadata": version("multi" + "dict"),
        "runtime hooks": os.environ.get("MOVING_HOOKS", ""),
        "frozen": [getattr(sys, "frozen", False), hasattr(sys, "_MEIPASS")],
    },
    sys.stdout,
)
