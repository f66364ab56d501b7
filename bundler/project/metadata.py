"""Reads a project's metadata from pyproject.toml: commands, requirements, folders of modules, files for a release.

Each build backend has its own names for some of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from pathlib import Path, PurePath

from bundler.project.model import Document
from bundler.settings import Release

# Tables of commands. Poetry's and flit's are older than `[project]`.
_SCRIPTS = (
    ("project", "scripts"),
    ("project", "gui-scripts"),
    ("tool", "poetry", "scripts"),
    ("tool", "flit", "scripts"),
)


def commands(document: Document) -> Mapping[str, str]:
    """Functions by the names of the project's commands, in the file's order."""
    found: dict[str, str] = {}
    for keys in _SCRIPTS:
        for name, value in document.table(*keys).items():
            function = value.get("reference") or value.get("callable") if isinstance(value, dict) else value
            if isinstance(function, str) and ":" in function:  # poetry's may also be files
                found.setdefault(name, function.partition("[")[0].strip())
    return found or dict(_commands_of_setuptools(document.file.with_name("setup.cfg")))


def _commands_of_setuptools(file: Path) -> Iterator[tuple[str, str]]:
    """Commands in setup.cfg, where setuptools took them from before there was `[project]`."""
    settings = ConfigParser(interpolation=None)
    try:
        settings.read(file, encoding="utf-8")
    except (ConfigParserError, UnicodeDecodeError):
        return  # setuptools tells
    for group in ("console_scripts", "gui_scripts"):
        for line in settings.get("options.entry_points", group, fallback="").splitlines():
            name, equals, function = line.partition("=")
            if equals:
                yield name.strip(), function.partition("[")[0].strip()


def project_name(document: Document) -> str:
    """The project's name, or that of its folder."""
    for keys in (("project",), ("tool", "poetry")):
        name = document.table(*keys).get("name")
        if isinstance(name, str):
            return name
    return document.file.parent.resolve().name


# Files of licences where the project lists none: setuptools' defaults, which other backends follow.
_LICENCES = ("LICEN[CS]E*", "COPYING*", "NOTICE*", "AUTHORS*")


def release(document: Document) -> Release:
    """The project's version, and its readme and licence files as far as they are there."""
    folder, project, poetry = document.file.parent, document.table("project"), document.table("tool", "poetry")
    version = next((each for each in (project.get("version"), poetry.get("version")) if isinstance(each, str)), "")
    readme = project.get("readme", poetry.get("readme"))
    named = readme.get("file") if isinstance(readme, dict) else readme
    readmes = tuple(_texts(named if isinstance(named, list) else [named])) or ("README*",)
    licences = (*_texts(project.get("license-files")), *_texts([document.table("project", "license").get("file")]))
    patterns = filter(_is_inside, map(PurePath, (*readmes, *(licences or _LICENCES))))
    found = (path for pattern in patterns for path in sorted(folder.glob(str(pattern))) if path.is_file())
    return Release(folder, project_name(document), version, tuple(dict.fromkeys(found)))


def _is_inside(pattern: PurePath) -> bool:
    """True if a pattern names files of the project."""
    return bool(pattern.parts) and not pattern.is_absolute() and ".." not in pattern.parts


def dependencies(document: Document) -> tuple[str, ...]:
    """The project's requirements, without extras."""
    declared = document.table("project").get("dependencies")
    if isinstance(declared, list):
        return tuple(each for each in declared if isinstance(each, str))
    of_poetry = document.table("tool", "poetry", "dependencies")
    return tuple(name for name, value in of_poetry.items() if name != "python" and not _is_optional(value))


def _is_optional(value: object) -> bool:
    return isinstance(value, dict) and bool({"optional", "markers", "python"} & value.keys())


def source_folders(document: Document) -> tuple[Path, ...]:
    """Folders from which the installed project's modules come, the likeliest first."""
    folder = document.file.parent
    found = (folder / name for name in (*_configured(document), "src", "."))
    return tuple(dict.fromkeys(each for each in found if each.is_dir()))


def _configured(document: Document) -> Iterator[str]:
    """Folders of sources in the tables of setuptools, poetry, pdm, uv, maturin and hatch."""
    yield from _texts([document.table("tool", "setuptools", "package-dir").get("")])
    yield from _texts(document.table("tool", "setuptools", "packages", "find").get("where"))
    packages = document.table("tool", "poetry").get("packages")
    tables = packages if isinstance(packages, list) else ()
    yield from _texts([each.get("from") for each in tables if isinstance(each, dict)])
    yield from _texts([document.table("tool", "pdm", "build").get("package-dir")])
    yield from _texts([document.table("tool", "uv", "build-backend").get("module-root")])
    yield from _texts([document.table("tool", "maturin").get("python-source")])
    for package in _texts(document.table("tool", "hatch", "build", "targets", "wheel").get("packages")):
        yield str(PurePath(package).parent)


def _texts(values: object) -> Iterator[str]:
    return (value for value in values if isinstance(value, str)) if isinstance(values, list) else iter(())
