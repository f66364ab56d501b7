"""Reads the project around a target: its options, its programs, and where its environment and its modules are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bundler.environments import MANAGERS, WITHOUT_MANAGER, Manager
from bundler.errors import BundleError
from bundler.project.document import find_project_file, project_folder, read_document
from bundler.project.header import read_header
from bundler.project.metadata import commands, dependencies, project_name, release, source_folders
from bundler.project.model import Document, Header, Program, Project
from bundler.project.options import Table, options_table, program_tables, read_options
from bundler.settings import ENTRIES, DeclaredScript, Place
from bundler.values import Given, is_path

# Options that belong to the program that they stand with.
FILES = ("output", "sbom", "notices", "report")
OWN = ("name", *FILES, *ENTRIES)


def read_project(target: str | None, here: Path) -> Project:
    """The project of a target; BundleError when its file is wrong.

    The file is a script that has a header, else the nearest pyproject.toml above TARGET if that is a path, above `here`
    if it is not. Without any, a project says nothing.
    """
    header = read_header(here / target) if target is not None and is_path(target, here) else None
    if header is not None:
        return Project(folder=header.document.file.parent, common=header_options(header), header=header)
    file = find_project_file(project_folder(target, here))
    return read_project_file(file) if file is not None else Project()


def header_options(header: Header) -> Given:
    """The options in the header of a script; BundleError when one is wrong."""
    table = options_table(header.document)
    for key in (*ENTRIES, "multicall"):
        if key in table.values:
            raise BundleError(
                "bad-option",
                f"`{key}` cannot stand in the header of a script",
                where=table.place(key),
                hint="remove it: the script is what is bundled",
            )
    return read_options(table, (Place.ANY, Place.PROJECT))


def read_project_file(file: Path) -> Project:
    """The project that a pyproject.toml declares; BundleError when an option is wrong."""
    document = read_document(file)
    table = options_table(document)
    common = read_options(table, (Place.ANY, Place.PROJECT))
    manager = _manager(document)
    scripts = _scripts(document, manager)
    own_tables = program_tables(document)
    if own_tables:
        _refuse_entry(common, table)
        programs = tuple(_program(read_options(each, (Place.ANY, Place.PROGRAM)), each, scripts) for each in own_tables)
    elif any(common.values.get(field) for field in ENTRIES):
        programs = (_named(common.only(OWN), scripts),)
        common = common.without(OWN)
    else:
        programs = tuple(
            Program(name, Given({"script": name}, common.folder), script) for name, script in scripts.items()
        )
    return Project(
        name=project_name(document),
        folder=document.file.parent,
        file=document.file,
        common=common,
        programs=programs,
        source_folders=source_folders(document),
        manager=manager,
        release=release(document),
    )


def _refuse_entry(common: Given, table: Table) -> None:
    for field in ENTRIES:
        if common.values.get(field):
            raise BundleError(
                "bad-option",
                f"`{field}` cannot stand in `{table.heading}` beside programs with tables of their own",
                where=table.place(field),
                hint="it belongs into the `[[tool.bundle.program]]` of a program",
            )


def _manager(document: Document) -> Manager | None:
    folder = document.file.parent
    backend = document.table("build-system").get("build-backend", "")
    for manager in MANAGERS:
        if document.table(*manager.table) or manager.locked_folder(folder) or str(backend).startswith(manager.backend):
            return manager
    return None


def _scripts(document: Document, manager: Manager | None) -> dict[str, DeclaredScript]:
    install = manager.install if manager is not None else WITHOUT_MANAGER
    requires = dependencies(document)
    return {name: DeclaredScript(function, requires, install) for name, function in commands(document).items()}


def _program(given: Given, table: Table, scripts: dict[str, DeclaredScript]) -> Program:
    """The program of a table of its own; without an entry it is the command of its name."""
    if "/" in given.values.get("name", ""):
        raise BundleError(
            "bad-option",
            f"`{given.values['name']}` is no name of a program",
            where=table.place("name"),
            hint="write one without `/`; `output` may be a path",
        )
    if not any(given.values.get(field) for field in ENTRIES):
        name = given.values.get("name")
        if name not in scripts:
            known = f"; `[project.scripts]` has {', '.join(scripts)}" if scripts else ""
            what = f"the program `{name}`" if name else "a program"
            raise BundleError(
                "bad-option",
                f"`{table.heading}` does not say what to bundle for {what}",
                where=table.place("name")
                if name
                else table.document.place(r"\[\[tool\.bundle\.program\]\]", table.start),
                hint=f"add `target`, `module` or `script`{known}",
            )
        given = given.with_value("script", name)
    program = _named(given, scripts)
    return replace(program, options=given.with_value("name", program.name))


def _named(given: Given, scripts: dict[str, DeclaredScript]) -> Program:
    values = given.values
    script = values.get("script")
    return Program(
        values.get("name") or _name(values.get("target"), values.get("module") or script or ""),
        given,
        scripts.get(script or ""),
    )


def _name(target: str | None, other: str) -> str:
    """The name that the binary of a target, or of a module or script, has."""
    if target is None:
        return other.rpartition(".")[2]
    path = Path(target)
    if path.suffix == ".py" or "/" in target or path.exists():
        return path.resolve().name if path.is_dir() else path.stem
    return target.rpartition(":")[2].rpartition(".")[2]
