"""Imports a module by its name and by a shorter one, while a finder of its own comes first."""

import importlib
import sys
from pathlib import Path

import installs  # noqa: F401  # first: it changes what comes after it
import named.part

sys.path.insert(0, str(Path(named.__file__).parent))
part = importlib.import_module("pa" + "rt")
print(named.part.VALUE, part.VALUE, part is named.part)
print(part.__loader__.get_source("part").splitlines()[0])
