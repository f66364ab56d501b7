"""Compile modules once more, and marshal them as a .pyc would hold them.

The job on standard input is a `FreshJob`.
"""

from __future__ import annotations

import json
import marshal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # it names things of another worker, which are not there at run time
    from .schema import Case, FreshJob

# A format that the interpreter of any version reads.
OLD_FORMAT = 2


def main() -> None:
    """Compile the modules of the job."""
    job: FreshJob = json.load(sys.stdin)
    sys.setrecursionlimit(20_000)  # as the freezer: what compiles there compiles here
    cases: list[Case] = []
    for name, path, filename, is_script in job["modules"]:
        source = Path(path).read_bytes()
        if is_script:
            # Python compiles a script each time it runs; the sets in it are not in the order of a .pyc.
            cases.append((name, name, filename, source))
        else:
            code = compile(source, filename, "exec", dont_inherit=True, optimize=job["optimize"])
            cases.append((name, name, "", marshal.dumps(code)))
    Path(job["output"]).write_bytes(marshal.dumps(cases, OLD_FORMAT))
