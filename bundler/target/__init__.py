"""Facts about the Python that is embedded: version, ABI, paths, libpython, object layout, built-in modules.

Verb: `probe`. Noun: `TargetPython`.
"""

from bundler.target.model import Field, Libpython, Linkage, ObjectLayout, TargetPython
from bundler.target.probe import probe

__all__ = ["Field", "Libpython", "Linkage", "ObjectLayout", "TargetPython", "probe"]
