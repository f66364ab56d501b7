"""C data, shared objects, resources and the launcher become one executable.

    FrozenImage --plan--> LinkPlan --lay_out--> Layout --link, seal--> Linked --publish--> executable

`launcher_objects` compiles the launcher meanwhile.
"""

from bundler.link.finished import read_manifest, start_needs
from bundler.link.launcher import launcher_objects
from bundler.link.linker import find_c_library, lay_out, link
from bundler.link.manifest import Manifest
from bundler.link.model import LauncherFiles, Layout, Linked, LinkPlan
from bundler.link.plan import plan, snapshot_obstacle
from bundler.link.portability import above_floor
from bundler.link.publish import check_output, publish, workplace
from bundler.link.seal import seal
from bundler.link.trial import check_linker, places_sections
from bundler.link.up_to_date import inputs_digest, is_current

__all__ = [
    "LauncherFiles",
    "Layout",
    "LinkPlan",
    "Linked",
    "Manifest",
    "above_floor",
    "check_linker",
    "check_output",
    "find_c_library",
    "inputs_digest",
    "is_current",
    "launcher_objects",
    "lay_out",
    "link",
    "places_sections",
    "plan",
    "publish",
    "read_manifest",
    "seal",
    "snapshot_obstacle",
    "start_needs",
    "workplace",
]
