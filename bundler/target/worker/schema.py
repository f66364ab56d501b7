"""What interpreters and headers tell about themselves, as JSON: one declaration for those who ask and those who answer."""

from __future__ import annotations

from typing import TypedDict, final


@final
class InterpreterFacts(TypedDict):
    """What interpreter_facts.py prints. Most become fields of `TargetPython`.

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
    machine: str
    libc: str
    markers: dict[str, str]


@final
class MeasuredLayout(TypedDict):
    """What layout_probe.c prints: an `ObjectLayout`, with members of structs as (name, offset, size)."""

    structs: dict[str, list[tuple[str, int, int]]]
    constants: dict[str, int]
    singletons: dict[str, int]
