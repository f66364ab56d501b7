"""A module that collects garbage while it is imported, registers a tool, and has types that differ by arguments alone."""

import gc
import sys
from typing import Any, Tuple, Union

GARBAGE = [[number] for number in range(60_000)]
gc.collect()

Result = Union[Any, Tuple[Any], Tuple[str, Any], Tuple[str, Any, Any]]

CALLS = []
TOOL = None


def watched():
    """A function whose calls the tool notes."""
    return 1


if hasattr(sys, "monitoring"):
    TOOL = sys.monitoring.PROFILER_ID
    sys.monitoring.use_tool_id(TOOL, "keeps")
    sys.monitoring.register_callback(
        TOOL, sys.monitoring.events.PY_START, lambda code, offset: CALLS.append(code.co_name)
    )
    sys.monitoring.set_local_events(TOOL, watched.__code__, sys.monitoring.events.PY_START)
