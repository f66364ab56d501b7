"""Messages between the freezer and its workers, as JSON: one declaration for both sides."""

from __future__ import annotations

import hashlib
from typing import NotRequired, TypedDict, final

# --- main.py ----------------------------------------------------------------------------------------------------------


@final
class LayoutData(TypedDict):
    """An `ObjectLayout` (bundler/target/model.py); members of structs are (name, offset, size)."""

    structs: dict[str, list[tuple[str, int, int]]]
    constants: dict[str, int]
    singletons: dict[str, int]


def source_digest(source: bytes) -> str:
    """Names the bytes of a source file, as the host read them and as the worker did."""
    return hashlib.blake2b(source, digest_size=20).hexdigest()


@final
class ModuleJob(TypedDict):
    """A module to be compiled and written as C.

    `is_script`: Python would compile it each time, and never read it from a .pyc.
    """

    name: str
    source: str  # path
    filename: str  # of its code objects
    is_script: bool


@final
class PrecompiledJob(TypedDict):
    """Texts and regular expressions to be compiled: those of a `StartProfile`."""

    texts: list[tuple[str, str, int, str]]  # mode, file name, inherited flags, text
    patterns: list[tuple[str, str, int]]  # "str" or "bytes", pattern, flags


@final
class Request(TypedDict):
    """Jobs for one C file: modules, or all that is precompiled."""

    modules: list[ModuleJob]
    precompiled: PrecompiledJob | None
    optimize: int
    header: str  # the file with the structs, to be included
    output: str  # path of the C file


@final
class Frozen(TypedDict):
    """Facts about one thing that was written.

    `source_digest`: that of the bytes that were compiled, "" where there is no file. `pooled`: strings that it takes
    from the pool; `codes`: how many code objects it has; `keys`: those of precompiled items, in their order.
    """

    source_digest: str
    pooled: list[str]
    codes: int
    keys: list[str]


@final
class Failure(TypedDict):
    """The reason why something was not written. `is_in_source`: importing the module would fail under Python too."""

    error: str
    is_in_source: bool


Answer = Frozen | Failure


# --- precompile.py ----------------------------------------------------------------------------------------------------


@final
class PrecompileJob(TypedDict):
    """Results to be made once more; `output`: the file that a marshalled list of keys and marshalled results goes to."""

    precompiled: PrecompiledJob
    optimize: int
    output: str


# --- profiler.py ------------------------------------------------------------------------------------------------------


@final
class ProfileJob(TypedDict):
    """Modules to be imported, with `path` as `sys.path`, for at most `seconds`.

    `grace`: seconds after which the system ends a worker that its own clock did not end.
    """

    modules: list[str]
    path: list[str]
    seconds: float
    grace: float


@final
class Profiled(TypedDict):
    """Texts and patterns that were compiled, as in `PrecompiledJob`, and the modules in the order of their imports.

    `failed`: why there was no answer; the host adds it.
    """

    texts: list[tuple[str, str, int, str]]
    patterns: list[tuple[str, str, int]]
    order: list[str]
    failed: NotRequired[str]
