"""Facts about the Python that is embedded: version, ABI, paths, libpython, object layout, built-in modules.

Verbs: `probe`, and `script_environment` for a script that names its requirements. Noun: `TargetPython`.
"""

from bundler.target.model import Field, Libpython, Linkage, ObjectLayout, System, TargetPython
from bundler.target.probe import probe
from bundler.target.script_environment import script_environment
from bundler.target.system import find_emulator, foreign_machine, this_machine

__all__ = [
    "Field",
    "Libpython",
    "Linkage",
    "ObjectLayout",
    "System",
    "TargetPython",
    "find_emulator",
    "foreign_machine",
    "probe",
    "script_environment",
    "this_machine",
]
