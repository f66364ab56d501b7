"""Makes the header of frozen modules, C structs that lie in memory as CPython's own, and proves that they do."""

from __future__ import annotations

import os
from pathlib import Path

from bundler.cache import digest
from bundler.context import BuildContext
from bundler.contract import launcher_folder
from bundler.errors import BundleError
from bundler.freeze.worker.module_writer import unknown_members
from bundler.freeze.worker.schema import LayoutData
from bundler.freeze.worker.structs import declarations, layout_asserts
from bundler.process import CommandError
from bundler.target import ObjectLayout, TargetPython

HEADER = "frozen.h"


def make_header(target: TargetPython, flags: tuple[str, ...], context: BuildContext) -> Path:
    """The folder of frozen.h for this target, proven right by a compiler with these flags; made once.

    BundleError when the target's objects have members that we do not know, or do not lie as they were measured.
    """
    cache = context.cache
    unknown = unknown_members(layout_as_json(target.layout))
    if unknown:
        raise BundleError(
            "unknown-layout",
            f"code objects of Python {target.version_text} have members that this bundler does not know: {', '.join(unknown)}",
            hint="update bundler, or choose another interpreter with `--python PYTHON`",
        )
    header = "\n".join(('#include "code.h"', *declarations(layout_as_json(target.layout)), ""))
    code_header = (launcher_folder() / "code.h").read_text()
    measured = (target.layout.digest, str(target.hexversion))
    key = digest(header, code_header, *measured, context.toolchain.identity, *flags)
    include = cache.path("frozen-header", key, "")
    for name, text in (("code.h", code_header), (HEADER, header)):
        if not _has_text(include / name, text):
            cache.write(include / name, text.encode())
    cache.ask("frozen-header", key, lambda: _prove_layout(target, include, flags, context))
    return include


def _has_text(path: Path, text: str) -> bool:
    try:
        return path.read_text() == text
    except (OSError, ValueError):
        return False


def _prove_layout(target: TargetPython, include: Path, flags: tuple[str, ...], context: BuildContext) -> int:
    """Compile the layout's static assertions against the target's own headers; how many lines of them there are."""
    # Our header names libpython's objects too, as plain arrays; in this one file they must not meet the real ones.
    renamed = [f"#define {name} static_{name}" for name in _NAMES_OF_BOTH]
    lines = [
        "#define Py_BUILD_CORE 1",
        '#include "Python.h"',
        '#include "internal/pycore_code.h"',
        '#include "internal/pycore_gc.h"',
        "#include <stddef.h>",
        *(f"#undef {name}" for name in _NAMES_OF_BOTH),
        *renamed,
        f'#include "{HEADER}"',
        *layout_asserts(layout_as_json(target.layout)),
    ]
    headers = [*(f"-I{folder}" for folder in target.include_dirs), *target.system.include_options]
    with context.cache.workplace("frozen-header") as folder:
        source = folder / "proof.c"
        source.write_text("\n".join((*lines, "")))
        try:
            own = f"-I{os.path.relpath(include, folder)}"
            context.toolchain.compile("-c", *flags, own, *headers, source.name, "-o", "proof.o", cwd=folder)
        except CommandError as error:
            if "static assertion" not in error.output:
                raise  # the compiler has a problem of its own
            raise BundleError(
                "layout-proof",
                f"the measured object layout of Python {target.version_text} does not match its headers",
                notes=tuple(line for line in error.output.splitlines() if "error" in line)[:5],
                hint="please report this with the output of `bundle -v`",
            ) from error
    return len(lines)


_NAMES_OF_BOTH = (
    *(f"_Py_{name}" for name in ("NoneStruct", "TrueStruct", "FalseStruct", "EllipsisObject")),
    *(f"Py{name}_Type" for name in ("Code", "Unicode", "Bytes", "Tuple", "Long", "Float", "Complex", "Slice")),
)


def layout_as_json(layout: ObjectLayout) -> LayoutData:
    """The layout in the form that workers read."""
    return {
        "structs": {
            name: [(member.name, member.offset, member.size) for member in members]
            for name, members in layout.structs.items()
        },
        "constants": dict(layout.constants),
        "singletons": dict(layout.singletons),
    }
