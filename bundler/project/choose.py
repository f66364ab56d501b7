"""Makes the settings of each binary of a project from the command line, the project's files and the environment."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bundler.errors import BundleError
from bundler.project.header import read_header
from bundler.project.model import Header, Program, Project
from bundler.project.read import FILES, OWN, header_options
from bundler.settings import ENTRIES, OPTIONS, Command, Settings
from bundler.values import Around, Given, combine, is_path, layered

_IN_PROGRAM = "write it in the `[[tool.bundle.program]]` of a program"


def choose(flags: Given, names: Sequence[str], project: Project, variables: Mapping[str, str]) -> tuple[Settings, ...]:
    """The settings of each binary to build, in the file's order; none when nothing says what to bundle.

    `names`: of programs that are asked for, if not all. BundleError when there is no such program, or when options of
    several programs contradict each other.
    """
    if any(flags.values.get(field) for field in ENTRIES):
        return (_named_by_flags(flags, project, variables),)
    programs = _asked_for(names, project.programs)
    if programs and layered((project.common, flags)).get("multicall"):
        return (_multicall(flags, programs, project, variables),)
    for field in FILES if len(programs) > 1 else ():
        if field in project.common.values:
            raise BundleError(
                "bad-option",
                f"`{OPTIONS[field].name}` in `[tool.bundle]` is one file, but the project has {len(programs)} programs",
                where=str(project.file),
                hint=_IN_PROGRAM,
            )
    built = tuple(_settings(each, project.common, flags, project, variables) for each in programs)
    if "output" not in flags.values:  # else it is the command line that is wrong
        _refuse_equal_outputs(built, project)
    return built


def _named_by_flags(flags: Given, project: Project, variables: Mapping[str, str]) -> Settings:
    """The program on the command line; if the project declares it, with its own options."""
    declared = next((each for each in project.programs if _entry(each.options) == _entry(flags)), None)
    if declared is not None:
        return _settings(declared, project.common, flags, project, variables)
    # `output` and the like are those of the programs in the file, if there are any.
    common = project.common.without(FILES) if project.programs else project.common
    return _settings(None, common, flags, project, variables)


def _entry(given: Given) -> tuple[str, str] | None:
    """A field of ENTRIES and its value, a path in its shortest form."""
    for field in ENTRIES:
        value = given.values.get(field)
        if value:
            is_file = field == "target" and is_path(value, Path())
            return field, str(Path(value).resolve()) if is_file else value
    return None


def _asked_for(names: Sequence[str], programs: Sequence[Program]) -> tuple[Program, ...]:
    known = {program.name: program for program in programs}
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            every = f"its programs are {', '.join(known)}" if known else "pyproject.toml declares none"
            raise BundleError(
                "no-such-program",
                f"the project has no program `{name}`",
                hint=f"did you mean `{near[0]}`?" if near else every,
            )
    if len(known) < len(programs):
        twice = next(each.name for each in programs if known[each.name] is not each)
        raise BundleError(
            "bad-option",
            f"two programs are called `{twice}`",
            hint="give one of them another `name` in its `[[tool.bundle.program]]`",
        )
    return tuple(program for program in programs if not names or program.name in names)


def _settings(
    program: Program | None, common: Given, flags: Given, project: Project, variables: Mapping[str, str]
) -> Settings:
    """The settings of one program; None for one that the project does not declare."""
    own = (program.options,) if program is not None else ()
    written: tuple[Given, ...] = (common, *own)
    header = project.header
    if header is None and program is not None:
        header = _header_of(program)
        written = (common, *((header_options(header),) if header is not None else ()), *own)
    around = Around(project.folder, project.source_folders, project.manager, project.release)
    settings = combine(flags, written, around, variables)
    settings = replace(settings, declared=program.declared if program is not None else None)
    return _with_requirements(settings, header, (*written, flags)) if header is not None else settings


def _with_requirements(settings: Settings, header: Header, layers: Iterable[Given]) -> Settings:
    """The settings with what a header requires, unless a virtual environment is named that is to be used as it is."""
    is_given = any("python" in layer.values for layer in layers)
    if is_given and (settings.python.parent.parent / "pyvenv.cfg").is_file():
        return settings
    findings = settings.findings if is_given else ()  # about an environment of which only the interpreter is used
    return replace(settings, requirements=replace(header.requirements, is_python_given=is_given), findings=findings)


def _header_of(program: Program) -> Header | None:
    """The header of the script that a program is."""
    target = program.options.values.get("target")
    return read_header(Path(target)) if target is not None and is_path(target, Path()) else None


def _refuse_equal_outputs(built: Sequence[Settings], project: Project) -> None:
    outputs: dict[Path, Settings] = {}
    for each in built:
        output = each.output_for(each.name or "").absolute() if each.output or each.name else None
        if output is not None and outputs.setdefault(output, each) is not each:
            raise BundleError(
                "bad-option",
                f"two programs would be written to `{output}`",
                where=str(project.file),
                hint="give one of them another `output`",
            )


# --- One binary of several programs -----------------------------------------------------------------------------------


def _multicall(flags: Given, programs: Sequence[Program], project: Project, variables: Mapping[str, str]) -> Settings:
    for program in programs:
        for field in program.options.values:
            if field in FILES or (field not in OWN and not OPTIONS[field].kind.is_list):
                raise BundleError(
                    "bad-option",
                    f"`{OPTIONS[field].name}` of the program `{program.name}` cannot differ from that of others in one binary",
                    where=str(project.file),
                    hint="write it in `[tool.bundle]`, or build without `multicall`",
                )
    commands = tuple(_command(program) for program in programs)
    own = [program.options.without(OWN) for program in programs]
    around = Around(project.folder, project.source_folders, project.manager, project.release)
    settings = combine(flags, (project.common, *own), around, variables)
    return replace(settings, name=project.name, commands=commands)


def _command(program: Program) -> Command:
    entry = {field: program.options.values.get(field) for field in ENTRIES}
    target = entry["target"]
    if target is not None and is_path(target, Path()):
        raise BundleError(
            "bad-option",
            f"`{target}` is a file, and a binary of several programs calls functions",
            hint=f'name a function in the program `{program.name}`, such as `target = "package.module:main"`, '
            "or build without `multicall`",
        )
    return Command(program.name, **entry, declared=program.declared)
