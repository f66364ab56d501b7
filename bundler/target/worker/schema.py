"""Facts about interpreters and their headers, as JSON: one declaration for both sides."""

from __future__ import annotations

from typing import TypedDict, final


@final
class InterpreterFacts(TypedDict):
    """The output of interpreter_facts.py. Most of it becomes fields of `TargetPython`.

    `variables`: some of `sysconfig.get_config_vars()`, "" for those that are not set. `libc`: "glibc", or "" for a C
    library that Python does not know.
    """

    implementation: str
    version: list[int]  # three numbers
    version_text: str
    hexversion: int
    platlibdir: str
    executable: str
    prefix: str
    base_prefix: str
    path: list[str]
    stdlib: str
    include: list[str]
    builtin: list[str]
    stdlib_modules: list[str]
    early_modules: list[str]
    suffixes: list[str]
    variables: dict[str, str]
    debug: bool
    free_threaded: bool
    platform: str
    machine: str  # of the kernel, which may run programs of 32 bits too
    is_64bit: bool
    libc: str
    markers: dict[str, str]


@final
class MeasuredLayout(TypedDict):
    """The output of layout_probe.c: an `ObjectLayout`, with members of structs as (name, offset, size)."""

    structs: dict[str, list[tuple[str, int, int]]]
    constants: dict[str, int]
    singletons: dict[str, int]
