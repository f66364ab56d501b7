"""Asks for what only options and hooks can know of; prints what it got as JSON."""

import ctypes
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


def through_folder(name, folder):
    """A module inside a package, by the name it has when its folder is on the search path."""
    sys.path.append(str(folder))
    module = importlib.import_module(name)
    return [module.__name__, module.__spec__.name, Path(module.__file__).name]


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
        "library": ctypes.CDLL(str(here / "native" / ("lib" + "answer.so"))).answer(),
        "source": inspect.getsource(plugins.sourced).splitlines()[0],
        "collected": [found("ext" + "ras/inner/deep"), (here.parent / "extras" / "inner" / "data.txt").read_text().strip()],
        "only data": [found("cert" + "ifi/core"), (here.parent / "certifi" / "cacert.pem").exists()],
        "through a folder": through_folder("de" + "ep", here.parent / "extras" / "inner"),
        "metadata": version("multi" + "dict"),
        "runtime hooks": os.environ.get("MOVING_HOOKS", ""),
        "frozen": [getattr(sys, "frozen", False), hasattr(sys, "_MEIPASS")],
    },
    sys.stdout,
)
