"""Facts about the Python that is embedded: version, ABI, paths, libpython, object layout, built-in modules.

Verbs: `probe`, and `script_environment` for a script that names its requirements. Noun: `TargetPython`.
"""

from bundler.target.model import Field, Libpython, Linkage, ObjectLayout, TargetPython
from bundler.target.probe import probe
from bundler.target.script_environment import script_environment

__all__ = ["Field", "Libpython", "Linkage", "ObjectLayout", "TargetPython", "probe", "script_environment"]
