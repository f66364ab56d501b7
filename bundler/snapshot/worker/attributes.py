"""Find statements of modules that use attributes which are answers of the machine, such as `sys.executable`: an `AttributesRequest` on
standard input, a `Rerun` as JSON.

The interpreter gives such an attribute its value at each start, without a question that could be noted. Who keeps a value that
differs between recordings is found by comparing them.
"""

from __future__ import annotations

import json
import sys

from .follow import follow
from .rerun import read_sources
from .schema import AttributesRequest, Rerun
from .sourced import SourcedModule


def main() -> None:
    """Serve one request."""
    request: AttributesRequest = json.load(sys.stdin)
    objects = [
        SourcedModule(name, None, [], given=set(attributes), differing=set(request["differing"].get(name, ())))
        for name, attributes in request["attributes"].items()
    ]
    modules = read_sources(request["modules"])
    obstacle = follow([*objects, *modules], is_strict=True)
    answer: Rerun = {
        "pieces": [] if obstacle else [each.piece() for each in modules if each.chosen],
        "obstacle": obstacle,
        "copied": [],
    }
    print(json.dumps(answer))
