"""C data, shared objects, resources and the launcher become one executable.

Verbs: `launcher_objects` compiles, `plan` decides, `execute` does. Noun: `LinkPlan`.
"""

from bundler.link.execute import execute
from bundler.link.launcher import launcher_objects
from bundler.link.manifest import Manifest, read_manifest
from bundler.link.output import check_output
from bundler.link.plan import LinkPlan, plan

__all__ = ["LinkPlan", "Manifest", "check_output", "execute", "launcher_objects", "plan", "read_manifest"]
