"""The C text that is expected for `golden/sample.txt`; `python -m tests.freeze.golden_text` writes it anew.

One folder for each version of Python, for its bytecode and the layout of its objects are in the text. Offsets of
libpython's own objects differ between builds: in their place stands which object is meant.
"""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

from bundler.freeze.frozen_header import HEADER, layout_as_json
from bundler.freeze.pool import part_lines, table_lines
from bundler.freeze.worker.structs import declarations
from bundler.process import Service
from bundler.target import TargetPython
from bundler.target.workers import worker_command
from tests.support import VERSIONS
from tests.target.pythons import probed

FOLDER = Path(__file__).parent / "golden"
SAMPLE = FOLDER / "sample.txt"

_RELEASE = "release.txt"
_RUNTIME = re.compile(r"&?\bruntime_(\d+)")


def module_text(target: TargetPython, work: Path, name: str, source: Path) -> tuple[str, list[str]]:
    """The C text of one module, and the strings that it takes from the pool."""
    layout = layout_as_json(target.layout)
    output = work / "module.c"
    job = {
        "name": name,
        "source": str(source),
        "filename": f"/__bundle__/{name.replace('.', '/')}.py",
        "is_script": False,
    }
    request = {"modules": [job], "precompiled": None, "optimize": 0, "header": HEADER, "output": str(output)}
    worker = Service(worker_command(target.command, "freeze", "main"))
    worker.tell(json.dumps(layout))
    (answer,) = json.loads(worker.ask(json.dumps(request)))
    worker.close()
    names = {offset: key for key, offset in target.layout.singletons.items()}
    return _RUNTIME.sub(lambda found: f"<{names[int(found[1])]}>", output.read_text()), answer["pooled"]


def emitted(target: TargetPython, work: Path) -> dict[str, str]:
    """File names and texts: the header of frozen modules, the sample, and the pool that it needs."""
    text, pooled = module_text(target, work, "package.sample", SAMPLE)
    return {
        "frozen.h": "\n".join((*declarations(layout_as_json(target.layout)), "")),
        "sample.c": text,
        "pool.c": "\n".join((*part_lines(pooled, HEADER), "")),
        "table.s": "\n".join((*table_lines(pooled), "")),
    }


def expected(version: str) -> dict[str, str]:
    """What is stored for a version."""
    return {path.name: path.read_text() for path in sorted((FOLDER / version).iterdir()) if path.name != _RELEASE}


def release(version: str) -> str:
    """The release that wrote what is stored: others of the same version may compile to other bytecode."""
    return (FOLDER / version / _RELEASE).read_text().strip()


def main() -> None:
    """Write the expected text of every Python there is."""
    for version in VERSIONS:
        target = probed(version)
        if target is None:
            print(f"Python {version}: not found, left as it is")
            continue
        (FOLDER / version).mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as work:
            for name, text in emitted(target, Path(work)).items():
                (FOLDER / version / name).write_text(text)
        (FOLDER / version / _RELEASE).write_text(f"{target.version_text}\n")
        print(f"Python {version}: written with {target.version_text}")


if __name__ == "__main__":
    main()
