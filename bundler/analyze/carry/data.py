"""Data files and metadata: what belongs to the modules that are reached."""

from __future__ import annotations

import functools
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from glob import glob
from itertools import filterfalse
from pathlib import Path, PurePosixPath

from bundler.analyze.carry.opened_libraries import auditwheel_libraries
from bundler.analyze.carry.stray import is_stray_file, is_stray_folder
from bundler.analyze.graph import DataFile, Origin, OriginKind
from bundler.analyze.installed.distributions import Installed, InstalledDistributions
from bundler.analyze.nodes import LOADING_FILES, Reached
from bundler.elf import is_elf
from bundler.errors import BundleError, Diagnostic, Severity
from bundler.settings import AddedData

# Sources, compiled code and what only a compiler reads; everything else in a package may be read by the program.
_NOT_DATA = frozenset(
    {
        *(".py", ".pyc", ".pyo", ".pyi", ".pyx", ".pxd", ".pth"),
        *(".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".hxx", ".a", ".lib"),
    }
)
# Modules of Python, as their files end.
_CODE = frozenset({".py", ".so"})

_CACHE = "__pycache__"

# Folders of this name are left out if there is code in them: tests of a package. Without code they are its data (dbt keeps SQL there).
FOLDERS_LEFT_OUT = frozenset({_CACHE, "test", "tests", "testing"})

# Hooks that ask for all data of a package do not mean these either. They may well mean stubs: lazy_loader reads them.
SUFFIXES_LEFT_OUT_OF_HOOKS = _NOT_DATA - {".pyi", ".py", ".pth"}

# Files of a distribution's metadata that are carried: importlib.metadata reads them, or they are licences.
_METADATA = frozenset({
    "METADATA", "PKG-INFO", "RECORD", "SOURCES.txt", "entry_points.txt", "top_level.txt", "INSTALLER", "requires.txt",
})  # fmt: skip

_SEARCH_PATH = frozenset({"path"})  # of `sys`

# Below sys.prefix: what compilers and people read.
_ONLY_FOR_PEOPLE = frozenset({"include", "man", "doc"})
_MANUALS = frozenset({("share", "man"), ("share", "doc"), ("share", "applications"), ("share", "icons")})

_CONFIGURATION = frozenset({".cfg", ".conf", ".ini", ".json", ".toml", ".yaml", ".yml"})
_LARGEST_CONFIGURATION = 64 << 10  # bytes; what is larger is data


def is_data(path: PurePosixPath, *, with_code: bool = False) -> bool:
    """True if a program may want to read this file of a package (a path relative to the package).

    `with_code`: Python sources there are not modules.
    """
    if path.suffix in _NOT_DATA and not (with_code and path.suffix in (".py", ".pyi")):
        return False
    return path.name != "py.typed"


def collect(
    reached: Mapping[str, Reached], distributions: InstalledDistributions, wanted: Iterable[Installed] = ()
) -> tuple[list[DataFile], list[Installed]]:
    """Data files of every package that is reached, and metadata of every distribution; with those distributions.

    `wanted`: distributions whose metadata is carried although nothing of them may be reached.
    Shared objects are among the data files (see `split_libraries`).
    """
    packages = _Packages(reached)
    files: dict[PurePosixPath, DataFile] = {}
    owners: dict[str, Installed] = {}
    wanted_too = {each.name: each for each in wanted}
    for module in reached.values():
        distribution = distributions.get(module.origin.distribution) if module.origin.distribution else None
        if distribution is not None:
            # The sources of an editable install are the app's own; only its metadata lies where pip has put it.
            (wanted_too if module.origin.is_own else owners)[distribution.name] = distribution
    described = _with_required({**wanted_too, **owners}, distributions)
    found: list[Iterable[DataFile]] = [_metadata(each) for each in described]
    # A requirement may bring files for the package of the distribution that requires it.
    found += [_recorded(each, packages) for each in described if each.name in owners or each.name not in wanted_too]
    found += [auditwheel_libraries(owner) for owner in owners.values()]
    found.append(_stubs(reached))
    found.append(_loaded_by_path(reached, distributions.search_path))
    found += [_shared(owner) for owner in owners.values()]
    stdlib = {
        folder for each in reached.values() if each.origin.is_stdlib and each.located for folder in each.located.folders
    }
    for folder in packages.places:
        if folder.parent not in packages.places:
            files_below = _below(folder, packages, distributions)
            found.append(filterfalse(_is_for_maintainers, files_below) if folder in stdlib else files_below)
    for group in found:
        for file in group:
            files.setdefault(file.destination, file)
    holding = {**wanted_too, **owners}
    return [files[destination] for destination in sorted(files)], [holding[name] for name in sorted(holding)]


def _stubs(reached: Mapping[str, Reached]) -> Iterator[DataFile]:
    """Stubs from which packages read what their attributes are."""
    for module in reached.values():
        if module.facts is not None and module.facts.reads_stub and module.located is not None:
            stub = module.located.path.with_suffix(".pyi")
            home = module.place if module.located.folders else module.place.parent
            if stub.is_file():
                yield DataFile(stub, home / stub.name)


def _loaded_by_path(reached: Mapping[str, Reached], search_path: Iterable[Path]) -> Iterator[DataFile]:
    """Sources that code looks for in the folders of `sys.path` to load them by their paths: python-multipart gives way in this
    way to a module that its package hides.
    """
    folders = tuple(search_path)
    frozen = {module.located.path for module in reached.values() if module.located is not None}
    for module in reached.values():
        if module.facts is None or module.origin.is_stdlib or not module.has_any(LOADING_FILES):
            continue
        for name in module.facts.source_files if module.has_any(_SEARCH_PATH) else ():
            place = PurePosixPath(name.lstrip("/"))
            path = next((folder / place for folder in folders if (folder / place).is_file()), None)
            if path is not None and path not in frozen:
                yield DataFile(path, place)


class _Packages:
    """The folders of every package that is reached; which of them a data file belongs to."""

    def __init__(self, reached: Mapping[str, Reached]) -> None:
        self.places = {  # of the folders in the binary
            folder: place
            for module in reached.values()
            if module.located is not None
            for folder, place in zip(module.located.folders, module.folder_places, strict=True)
        }
        self._has_code = functools.cache(_has_code)
        self.is_left_out = functools.cache(_is_left_out)

    def file(self, path: Path) -> DataFile | None:
        """The data file at a path; None when it is not data of any of the packages.

        A folder with code that is not reached is a module that the program does without. All below any other folder is
        data, code included: templates of projects.
        """
        below: list[Path] = []
        for folder in path.parents:
            if folder in self.places:
                inside = PurePosixPath(path.relative_to(folder))
                is_ours = not below or not self._has_code(below[-1])
                if not is_ours or not is_data(inside, with_code=bool(below)) or any(map(self.is_left_out, below)):
                    return None
                return DataFile(path, self.places[folder] / inside, is_executable=os.access(path, os.X_OK))
            below.append(folder)
        return None


def left_out_files(reached: Mapping[str, Reached], owners: Iterable[Installed]) -> Iterator[Diagnostic]:
    """Findings about files of the reached packages that the default rule leaves out: kinds and numbers, by distribution."""
    packages = _Packages(reached)
    for owner in owners:
        kinds: Counter[str] = Counter()
        for path in owner.files:
            home = next((folder for folder in path.parents if folder in packages.places), None)
            if home is not None and path.suffix not in (".py", ".pyc"):
                below = path.parents[: len(path.relative_to(home).parts) - 1]
                folder = next(filter(packages.is_left_out, reversed(below)), None)
                if folder is not None or path.suffix in _NOT_DATA:
                    kinds[f"{folder.name}/" if folder is not None else f"*{path.suffix}"] += 1
        if kinds:
            text = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
            yield Diagnostic(
                Severity.DETAIL,
                "left-out-files",
                f"files of `{owner.name}` that programs do not read are left out: {text}",
                hint="add files that the program needs with `--add-data SRC:DEST`",
            )


def named_modules(data_files: Iterable[DataFile]) -> Iterator[str]:
    """Dotted names in configuration files that begin with the package the file is in: they may be modules of it."""
    for file in data_files:
        top = file.destination.parts[0]
        if file.destination.suffix not in _CONFIGURATION or file.source.stat().st_size > _LARGEST_CONFIGURATION:
            continue
        lines = file.source.read_text(encoding="utf-8", errors="replace").splitlines()
        text = "\n".join(line for line in lines if not line.lstrip().startswith(("#", ";", "//")))
        for name in re.findall(rf"\b{re.escape(top)}(?:\.[A-Za-z_]\w*)+", text):
            yield from (name, name.rpartition(".")[0])


def _with_required(owners: Mapping[str, Installed], distributions: InstalledDistributions) -> list[Installed]:
    """Distributions and all that they require: programs check the versions of their requirements at run time."""
    found = dict(owners)
    pending = list(owners.values())
    while pending:
        for each in distributions.required(pending.pop()):
            if each.name not in found:
                found[each.name] = each
                pending.append(each)
    return list(found.values())


def _metadata(owner: Installed) -> Iterator[DataFile]:
    folder = owner.metadata
    if folder.is_file():  # an .egg-info file of distutils
        yield DataFile(folder, PurePosixPath(owner.metadata_name))
        return
    for path in sorted(folder.rglob("*")):
        relative = PurePosixPath(path.relative_to(folder))
        if path.is_file() and _is_carried(relative):
            yield DataFile(path, PurePosixPath(owner.metadata_name) / relative)


def _is_carried(metadata: PurePosixPath) -> bool:
    """True if a file of a distribution's metadata (its path there) is carried: programs read it, or it is a licence."""
    is_licence = "licen" in str(metadata).lower() or "copying" in metadata.name.lower()
    return metadata.name in _METADATA or is_licence


def _shared(owner: Installed) -> Iterator[DataFile]:
    """Files that a distribution puts beside Python, not into a package: files to share, programs that are not Python's."""
    for path, place in owner.shared:
        is_program = place.parts[0] == "bin"
        if place.parts[0] in _ONLY_FOR_PEOPLE or place.parts[:2] in _MANUALS or not is_data(place):
            continue
        if any(map(_is_left_out, path.parents[: len(place.parts) - 1])):
            continue
        if path.is_file() and (not is_program or is_elf(path)):
            yield DataFile(path, place, is_executable=is_program, origin=Origin(OriginKind.DISTRIBUTION, owner.name))


def _recorded(owner: Installed, packages: _Packages) -> Iterator[DataFile]:
    """Files that the distribution lists, below packages that are reached."""
    code_folders = {str(folder) for folder in packages.places}
    for name in owner.file_names:
        # Most files are code; making paths of them would take most of the time.
        if name.endswith(".pyc") or (name.endswith(".py") and name.rpartition("/")[0] in code_folders):
            continue
        path = Path(name)
        file = packages.file(path)
        if file is not None and path.is_file():
            yield file


def _below(folder: Path, packages: _Packages, distributions: InstalledDistributions) -> Iterator[DataFile]:
    """Files in the tree of a package that no distribution lists: the app's own, or an editable install."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and not is_stray_folder(Path(parent, name))
            and not packages.is_left_out(Path(parent, name))
        )
        for name in sorted(names):
            if distributions.is_owned(f"{parent}/{name}"):
                continue
            path = Path(parent) / name
            file = packages.file(path)
            if file is not None and path.is_file() and not is_stray_file(path):
                yield file


def _is_for_maintainers(file: DataFile) -> bool:
    """A file in a package of the standard library that explains it to those who work on it."""
    return file.source.suffix == ".rst" or file.source.name.startswith("README")


def _is_left_out(folder: Path) -> bool:
    """True for a folder of compiled code, and for one of tests."""
    return folder.name in FOLDERS_LEFT_OUT and (folder.name == _CACHE or _holds_code(folder))


def _has_code(folder: Path) -> bool:
    """True if a folder is a package with code. An empty `__init__.py` in a tree without other code only makes build tools
    take data along.
    """
    return (folder / "__init__.py").exists() and _holds_code(folder)


def _holds_code(folder: Path) -> bool:
    names = (Path(parent) / name for parent, _, names in os.walk(folder) for name in names)
    return any(path.suffix in _CODE and not _is_empty_init(path) for path in names)


def _is_empty_init(path: Path) -> bool:
    """True for an `__init__.py` that holds comments at most."""
    if path.name != "__init__.py":
        return False
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return all(line.lstrip().startswith("#") or not line.strip() for line in lines)


# --- What the user adds -----------------------------------------------------------------------------------------------


def merge_added_data(files: Iterable[DataFile], wanted: Iterable[AddedData]) -> list[DataFile]:
    """The files with those of `--add-data`, which win; BundleError when a source is not there."""
    every = {file.destination: file for file in files}
    for each in wanted:
        added = list(added_files(each, with_strays=False))
        if not added and not matches(each.source):
            raise BundleError(
                "no-such-file",
                f"there is no file, folder or match for `{each.source}`",
                hint="check the path in `--add-data SRC:DEST`; it starts at the current folder, "
                "in pyproject.toml at that file's folder",
            )
        every |= {file.destination: file for file in added}
    for destination in every:
        blocked = next((parent for parent in destination.parents if parent in every), None)
        if blocked is not None:
            raise BundleError(
                "bad-add-data",
                f"`{blocked}` would be both a file and a folder in the binary",
                hint="give one of them another DEST in `--add-data SRC:DEST`",
            )
    return [every[destination] for destination in sorted(every)]


def added_files(wanted: AddedData, *, with_strays: bool = True) -> Iterator[DataFile]:
    """The files that one source stands for. Of a folder that is named itself, the contents; of one that a pattern matches,
    the folder.

    Without strays, what no wheel would hold is left out, unless it is named by itself.
    """
    is_pattern = not wanted.source.exists()
    is_stray = functools.cache(is_stray_folder)
    for source in matches(wanted.source):
        if not source.is_dir():
            if not is_pattern or with_strays or not is_stray_file(source):
                yield _added(source, wanted.destination / source.name)
            continue
        if is_pattern and not with_strays and is_stray_folder(source):
            continue
        home = wanted.destination / source.name if is_pattern else wanted.destination
        for path, relative in _tree(source, frozenset()):
            above = path.parents[: len(relative.parts) - 1]
            if with_strays or not (any(map(is_stray, above)) or is_stray_file(path)):
                yield _added(path, home / relative)


def _added(path: Path, destination: PurePosixPath) -> DataFile:
    return DataFile(path, destination, is_executable=os.access(path, os.X_OK))


def matches(source: Path) -> list[Path]:
    """The files and folders that a path or pattern names; an existing name with brackets is no pattern."""
    if source.exists():
        return [source]
    return [Path(name) for name in sorted(glob(str(source)))]  # noqa: PTH207  # Path.glob takes no absolute patterns


def _tree(folder: Path, above: frozenset[Path]) -> Iterator[tuple[Path, PurePosixPath]]:
    """Files below a folder with their paths from there; links are followed, but not in circles."""
    real = folder.resolve()
    if real in above:
        return
    for path in sorted(folder.iterdir()):
        if not path.is_dir():
            yield path, PurePosixPath(path.name)
        elif path.name != "__pycache__":
            for inner, relative in _tree(path, above | {real}):
                yield inner, path.name / relative
