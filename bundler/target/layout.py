"""Measure object layouts: compile `layout_probe.c` against the target's headers and run it, once per set of headers."""

from __future__ import annotations

import json
import re
import tempfile
from pathlib import Path

from bundler.cache import Cache, digest
from bundler.errors import BundleError
from bundler.process import CommandError, run
from bundler.target.model import Field, ObjectLayout, System
from bundler.target.worker.schema import MeasuredLayout
from bundler.toolchain import Toolchain

_PROBE = Path(__file__).with_name("layout_probe.c")

# STRUCT_FOR_ID(name) and STRUCT_FOR_STR(name, "literal") of pycore_global_strings.h, 3.11-3.15.
_RUNTIME_STRING = re.compile(r'^\s+STRUCT_FOR_(ID\(\w+\)|STR\(\w+, ".*"\))$', re.MULTILINE)


def measure_layout(
    include_dirs: tuple[Path, ...], hexversion: int, system: System, toolchain: Toolchain, cache: Cache
) -> ObjectLayout:
    """The layout that these headers describe; BundleError when they belong to another Python than `hexversion`."""
    key = digest(_PROBE.read_bytes(), toolchain.identity, *_header_digests(include_dirs))
    measured: MeasuredLayout = cache.ask("layout", key, lambda: json.loads(_run_probe(include_dirs, system, toolchain)))
    found = measured["constants"]["version_hex"]
    if found != hexversion:
        raise BundleError(
            "wrong-headers",
            f"the C headers in {include_dirs[0]} are of Python {found >> 24}.{found >> 16 & 255}.{found >> 8 & 255}, "
            f"the interpreter is {hexversion >> 24}.{hexversion >> 16 & 255}.{hexversion >> 8 & 255}",
            hint="install the headers that belong to the interpreter, or choose another with `--python PATH`",
        )
    return ObjectLayout(
        structs={
            name: tuple(Field(member, offset, size) for member, offset, size in members)
            for name, members in measured["structs"].items()
        },
        constants=measured["constants"],
        singletons=measured["singletons"],
        digest=digest(json.dumps(measured)),
    )


def _header_digests(include_dirs: tuple[Path, ...]) -> list[str]:
    headers = (header for folder in include_dirs for header in sorted(folder.rglob("*.h")))
    return [digest(header.read_bytes()) for header in headers]


def _run_probe(include_dirs: tuple[Path, ...], system: System, toolchain: Toolchain) -> bytes:
    headers = (folder / "internal" / "pycore_global_strings.h" for folder in include_dirs)
    strings = next((header for header in headers if header.is_file()), None)
    if strings is None:
        raise BundleError(
            "no-headers",
            f"the C headers in `{include_dirs[0]}` are not complete: there is no internal/pycore_global_strings.h",
            hint="install the development files of this Python anew, or choose another with `--python PATH`",
        )
    found = _RUNTIME_STRING.findall(strings.read_text())
    with tempfile.TemporaryDirectory(prefix="bundler-") as folder:
        work = Path(folder)
        (work / "runtime_strings.h").write_text("\n".join(found) + "\n")
        includes = [
            "-I.",
            *(f"-I{path}" for root in include_dirs for path in (root, root / "internal")),
            *system.include_options,
        ]
        # -w: the headers' own deprecations (ob_shash) are no concern of ours.
        try:
            toolchain.compile("-c", "-O0", "-w", *includes, _PROBE, "-o", "probe.o", cwd=work)
            toolchain.run("probe.o", "-o", "probe", cwd=work)
            return run(system.command(work / "probe")).stdout
        except CommandError as error:
            raise BundleError(
                "layout-probe",
                "the object layout of the target Python could not be measured",
                notes=tuple(error.output.strip().splitlines()[:5]),
                hint="is a C compiler with the C library's headers installed (Debian: `gcc libc6-dev`)?",
            ) from error
