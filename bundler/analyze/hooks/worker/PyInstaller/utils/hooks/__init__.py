"""The functions that hooks call."""

from __future__ import annotations

import ast
import fnmatch
import functools
import importlib
import importlib.machinery
import importlib.metadata
import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePath
from typing import Any

from ... import __version__, _job, isolated
from ...compat import EXTENSION_SUFFIXES, exec_command_stdout
from ...log import getLogger
from ..misc import get_module_file_attribute as _file_of_module
from . import conda as conda_support
from .found import package_folders, submodules

logger = getLogger("PyInstaller.utils.hooks")

PY_IGNORE_EXTENSIONS = {".py", ".pyc", ".pyo", ".pyd", *EXTENSION_SUFFIXES}
PY_EXECUTABLE_SUFFIXES = {".py", ".pyc", ".pyd", ".pyo", ".so"}
PY_DYLIB_PATTERNS = ["*.dll", "*.dylib", "lib*.so"]
hook_variables: dict[str, str] = {}

Pair = tuple[str, str]

# --- Code that runs in another process --------------------------------------------------------------------------------


def exec_statement(statement: str) -> str:
    """The output of Python statements, in a process of their own."""
    path = f"import sys; sys.path[:] = {sys.path!r}\n"
    code = path + textwrap.dedent(statement)
    output = exec_command_stdout(*_job.emulator, sys.executable, "-I", "-S", "-c", code, encoding="utf-8")
    return str(output).strip()


def eval_statement(statement: str) -> Any:
    """The value that Python statements print; "" when they print nothing."""
    text = exec_statement(statement)
    return ast.literal_eval(text) if text else ""


def exec_script(script_filename: str, *args: str) -> str:
    """The output of a script, in a process of its own."""
    command = (*_job.emulator, sys.executable, script_filename, *args)
    return str(exec_command_stdout(*command, encoding="utf-8")).strip()


def eval_script(scriptfilename: str, *args: str) -> Any:
    """The value that a script prints."""
    text = exec_script(scriptfilename, *args)
    return ast.literal_eval(text) if text else ""


def _import_succeeds(name: str) -> bool:
    try:
        importlib.import_module(name)
    except Exception:  # noqa: BLE001  # whatever a package raises: it cannot be imported
        return False
    return True


def can_import_module(module_name: str) -> bool:
    """True if the module can be imported, which is tried in a process of its own."""
    try:
        return isolated.call(_import_succeeds, module_name)
    except RuntimeError:
        return False


def _attribute(module_name: str, attr_name: str) -> Any:
    return getattr(importlib.import_module(module_name), attr_name)


def get_module_attribute(module_name: str, attr_name: str) -> Any:
    """An attribute of a module that is imported in a process of its own; AttributeError when there is none."""
    try:
        return isolated.call(_attribute, module_name, attr_name)
    except RuntimeError as error:
        raise AttributeError(f"no attribute `{attr_name}` of `{module_name}`: {error}") from error


def _newly_imported(module_name: str) -> list[str]:
    before = set(sys.modules)
    importlib.import_module(module_name)
    return sorted(set(sys.modules) - before - {module_name})


def get_pyextension_imports(module_name: str) -> list[str]:
    """Modules that importing this one brings in."""
    return isolated.call(_newly_imported, module_name)


# --- Names ------------------------------------------------------------------------------------------------------------


def remove_prefix(string: str, prefix: str) -> str:
    """The rest after a prefix."""
    return string.removeprefix(prefix)


def remove_suffix(string: str, suffix: str) -> str:
    """The rest before a suffix."""
    return string.removesuffix(suffix)


def remove_file_extension(filename: str) -> str:
    """A file name without its extension, `.cpython-313-x86_64-linux-gnu.so` included."""
    for suffix in sorted(EXTENSION_SUFFIXES, key=len, reverse=True):
        if filename.endswith(suffix):
            return filename.removesuffix(suffix)
    return os.path.splitext(filename)[0]


def is_module_or_submodule(name: str, mod_or_submod: str) -> bool:
    """True if a name is that of a module, or of one below it."""
    return name == mod_or_submod or name.startswith(mod_or_submod + ".")


def include_or_exclude_file(
    filename: str, include_list: Iterable[str] | None = None, exclude_list: Iterable[str] | None = None
) -> bool:
    """True if a file is wanted. The first list decides if it is given, else the second."""
    if include_list is not None:
        return any(fnmatch.fnmatch(filename, pattern) for pattern in include_list)
    return not any(fnmatch.fnmatch(filename, pattern) for pattern in exclude_list or ())


# --- Where packages are -----------------------------------------------------------------------------------------------


def get_module_file_attribute(package: str) -> str:
    """The file of a module; ImportError when there is none."""
    return _file_of_module(package)


def get_pywin32_module_file_attribute(module_name: str) -> str:
    """The result of get_module_file_attribute."""
    return get_module_file_attribute(module_name)


def is_package(module_name: str) -> bool:
    """True if there is a package of this name."""
    return bool(package_folders(module_name))


def get_all_package_paths(package: str) -> list[str]:
    """The folders of a package; a namespace package may have several."""
    return package_folders(package)


def package_base_path(package_path: str, package: str) -> str | None:
    """The folder that a package is found in, from its own."""
    below = package.replace(".", os.sep)
    return package_path[: -len(below) - 1] if package_path.endswith(os.sep + below) else None


def get_package_paths(package: str) -> Pair:
    """The folder that a package is found in, and its own."""
    folders = package_folders(package)
    if not folders:
        raise ValueError(f"package `{package}` does not exist or is not a package")
    return package_base_path(folders[0], package) or os.path.dirname(folders[0]), folders[0]


def get_homebrew_path(formula: str = "") -> str | None:
    """None: there is no Homebrew here."""
    return None


# --- What belongs to a package ----------------------------------------------------------------------------------------


def collect_submodules(
    package: str, filter: Callable[[str], bool] = lambda _name: True, on_error: str = "warn once"
) -> list[str]:
    """All modules of a package. They are not imported: whether they can be is the program's business."""
    if not isinstance(package, str):
        raise TypeError("expected the name of a package")
    return list(dict.fromkeys(submodules(package, filter)))


def collect_dynamic_libs(
    package: str, destdir: str | None = None, search_patterns: Sequence[str] = PY_DYLIB_PATTERNS
) -> list[Pair]:
    """Shared libraries in the folders of a package; extension modules are found by the analysis."""
    if not isinstance(package, str):
        raise TypeError("expected the name of a package")
    found = []
    for folder in package_folders(package):
        for pattern in search_patterns:
            for path in sorted(Path(folder).rglob(pattern)):
                if path.is_file() and not path.name.endswith(tuple(s for s in EXTENSION_SUFFIXES if s != ".so")):
                    inside = path.parent.relative_to(folder)
                    default = str(PurePath(package.replace(".", "/")) / inside)
                    found.append((str(path), destdir if destdir is not None else default))
    return list(dict.fromkeys(found))


def collect_data_files(
    package: str,
    include_py_files: bool = False,
    subdir: str | os.PathLike[str] | None = None,
    excludes: Iterable[str | os.PathLike[str]] | None = None,
    includes: Iterable[str | os.PathLike[str]] | None = None,
) -> list[Pair]:
    """Files of a package that are not code, with the folders they go to.

    Patterns are relative to the package or its `subdir`; one that matches a folder stands for all below it. Without
    `includes`, what the default data rule leaves out (test folders, headers, static libraries) is left out here too.
    """
    if not isinstance(package, str):
        raise TypeError("expected the name of a package")
    found = []
    for folder in package_folders(package):
        top = Path(folder, subdir or "")
        chosen = _matching(top, includes or ("**/*",)) - _matching(top, excludes or ())
        for path in sorted(chosen):
            inside = path.relative_to(folder)
            if _is_collected(path, inside, include_py_files=include_py_files, asked=includes is not None):
                found.append((str(path), str(PurePath(package.replace(".", "/")) / inside.parent)))
    return list(dict.fromkeys(found))


def _matching(top: Path, patterns: Iterable[str | os.PathLike[str]]) -> set[Path]:
    """The files that patterns stand for."""
    found = set()
    for pattern in patterns:
        text = os.fspath(pattern).replace("\\", "/").rstrip("/")
        for path in top.glob(text) if text else ():
            found |= {each for each in path.rglob("*") if each.is_file()} if path.is_dir() else {path}
    return found


def _is_collected(path: Path, inside: Path, *, include_py_files: bool, asked: bool) -> bool:
    """True if a file is collected; `inside`: its path relative to the package."""
    if "__pycache__" in inside.parts:
        return False
    if path.name.endswith(tuple(PY_IGNORE_EXTENSIONS)) and not (include_py_files and path.suffix == ".py"):
        return False
    folders = path.parents[: len(inside.parts) - 1]
    return asked or not (path.suffix in _job.suffixes_left_out or any(map(_holds_tests, folders)))


@functools.cache
def _holds_tests(folder: Path) -> bool:
    """True for a folder that is called after tests and has code in it; without code it is data."""
    return folder.name in _job.folders_left_out and any(path.suffix in (".py", ".so") for path in folder.rglob("*"))


def collect_system_data_files(
    path: str, destdir: str | os.PathLike[str] | None = None, include_py_files: bool = False
) -> list[Pair]:
    """Files below a folder of the system that are not code."""
    if not isinstance(path, str):
        raise TypeError("expected a path")
    top = Path(path)
    return [
        (str(file), str(PurePath(destdir or "") / file.parent.relative_to(top)))
        for file in sorted(top.rglob("*"))
        if file.is_file() and _is_collected(file, file.relative_to(top), include_py_files=include_py_files, asked=True)
    ]


def collect_all(
    package_name: str,
    include_py_files: bool = True,
    filter_submodules: Callable[[str], bool] | None = None,
    exclude_datas: Iterable[str] | None = None,
    include_datas: Iterable[str] | None = None,
    on_error: str = "warn once",
) -> tuple[list[Pair], list[Pair], list[str]]:
    """Data files, shared libraries and modules of a package, with the metadata of its distributions.

    Sources are data only where they are not modules: modules are in the binary anyway.
    """
    datas = [
        (source, destination)
        for source, destination in collect_data_files(
            package_name, include_py_files, excludes=exclude_datas, includes=include_datas
        )
        if not (source.endswith(".py") and os.path.exists(os.path.join(os.path.dirname(source), "__init__.py")))
    ]
    for distribution in _distributions_of(package_name):
        datas += copy_metadata(distribution)
    binaries = collect_dynamic_libs(package_name)
    return datas, binaries, collect_submodules(package_name, filter_submodules or (lambda _name: True), on_error)


def _distributions_of(module_name: str) -> list[str]:
    """Distributions that bring a top-level module."""
    known = importlib.metadata.packages_distributions()
    return sorted(set(known.get(module_name.partition(".")[0], ())))


def collect_delvewheel_libs_directory(
    package_name: str,
    libdir_name: str | None = None,
    datas: list[Pair] | None = None,
    binaries: list[Pair] | None = None,
) -> tuple[list[Pair], list[Pair]]:
    """For wheels of Windows; nothing to add."""
    return datas or [], binaries or []


# --- Distributions ----------------------------------------------------------------------------------------------------


def copy_metadata(package_name: str, recursive: bool = False) -> list[Pair]:
    """The metadata folder of a distribution (with those of all that it requires); PackageNotFoundError if missing."""
    names = [package_name]
    found = {}
    for name in names:  # it grows
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            if name == package_name:
                raise
            continue
        folder = str(getattr(distribution, "_path", ""))
        if folder and folder not in found:
            found[folder] = os.path.basename(folder) if os.path.isdir(folder) else "."
            if recursive:
                names += _required(distribution)
    return list(found.items())


def _required(distribution: importlib.metadata.Distribution) -> list[str]:
    from packaging.requirements import InvalidRequirement, Requirement

    names = []
    for text in distribution.requires or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            names.append(requirement.name)
    return names


def collect_entry_point(name: str) -> tuple[list[Pair], list[str]]:
    """Metadata of the distributions that have entry points of a group, and the modules of those entry points."""
    datas: list[Pair] = []
    imports = []
    for distribution in importlib.metadata.distributions():
        modules = [entry.module for entry in distribution.entry_points if entry.group == name]
        if modules:
            datas += copy_metadata(distribution.metadata["Name"])
            imports += modules
    return list(dict.fromkeys(datas)), list(dict.fromkeys(imports))


def check_requirement(requirement: str) -> bool:
    """True if a distribution is installed in a version that the requirement admits."""
    from packaging.requirements import Requirement
    from packaging.version import Version

    wanted = Requirement(requirement)
    if wanted.name.lower() == "pyinstaller":
        return wanted.specifier.contains(Version(__version__), prereleases=True)
    try:
        version = importlib.metadata.version(wanted.name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return wanted.specifier.contains(Version(version), prereleases=True)


def is_module_satisfies(requirements: str, version: str | None = None, version_attr: str | None = None) -> bool:
    """The result of check_requirement; for what is no distribution, `version`, or the module's `version_attr`, decides."""
    if version is None and check_requirement(requirements):
        return True
    if version is None and version_attr is None:
        return False
    from packaging.requirements import Requirement
    from packaging.version import Version

    wanted = Requirement(requirements)
    if version is None:
        try:
            version = get_module_attribute(wanted.name, version_attr or "__version__")
        except AttributeError:
            return False
    return wanted.specifier.contains(Version(str(version)), prereleases=True)


def get_installer(dist_name: str) -> str | None:
    """The installer of a distribution, or of a module's: "pip", "conda"; None when unknown."""
    for name in (dist_name, *_distributions_of(dist_name)):
        try:
            text = importlib.metadata.distribution(name).read_text("INSTALLER")
        except importlib.metadata.PackageNotFoundError:
            continue
        if text:
            return text.strip()
    return None


def get_hook_config(hook_api: Any, module_name: str, key: str) -> Any:
    """A value of the build's hook configuration; None when there is none."""
    config = getattr(hook_api.analysis, "hooksconfig", {})
    return config.get(module_name, {}).get(key)


def __getattr__(name: str) -> Any:
    # Helpers of frameworks are found here too, as in older versions of the API.
    if name == "conda":
        return conda_support
    for module in ("django", "tcl_tk", "win32", "gi", "qt"):
        try:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
        except (ImportError, AttributeError):
            continue
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
