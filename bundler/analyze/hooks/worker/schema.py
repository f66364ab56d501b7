"""Messages between the analysis and the worker that runs hooks, as JSON: one declaration for both sides.

The worker is sent one `Setting`, then any number of `Request`s; it answers each with an `Answer`.
"""

from __future__ import annotations

from typing import Generic, Literal, TypedDict, TypeVar, final

# Values for hooks by module and key (`--hook-config`): whatever JSON can say.
HookConfig = dict[str, dict[str, object]]

Subject = Literal["all", "submodules", "data", "libraries"]


@final
class LeftOut(TypedDict):
    """Folders and file name suffixes that the default data rule leaves out of packages."""

    folders: list[str]
    suffixes: list[str]


@final
class MachineFacts(TypedDict):
    """Two columns of `bundler.elf.Machine`: where its libraries lie, and how `ldconfig -p` marks them."""

    library_folders: list[str]
    ldconfig_label: str


@final
class Setting(TypedDict):
    """The environment in which hooks run.

    `path`, `prefix`: `sys.path` of the program and `sys.prefix` of the target. `guests`: folders, by name, of packages
    that hooks may import though they belong to the build, not to the program. `pyinstaller`: the folder of an installed
    PyInstaller, whose modules complete our API. `emulator`: the words that run programs of the target's system, before their own;
    none for this machine's. `seconds`: the longest that a hook may take.
    """

    path: list[str]
    prefix: str
    guests: dict[str, str]
    pyinstaller: str | None
    left_out: LeftOut
    machine: MachineFacts
    emulator: list[str]
    seconds: float
    config: HookConfig


# --- Requests ---------------------------------------------------------------------------------------------------------


@final
class StandardRequest(TypedDict):
    """Run a standard hook. `filename`: of its module. `folders`: those of a package."""

    kind: Literal["standard"]
    module: str
    file: str
    filename: str | None
    folders: list[str] | None


@final
class BeforeImportRequest(TypedDict):
    """Run a pre-safe-import hook."""

    kind: Literal["pre_safe_import_module"]
    module: str
    file: str


@final
class BeforeSearchRequest(TypedDict):
    """Run a pre-find-path hook of a module that would be looked for in `search_folders`."""

    kind: Literal["pre_find_module_path"]
    module: str
    file: str
    search_folders: list[str]


@final
class CollectRequest(TypedDict):
    """Call a `collect_...` function of `PyInstaller.utils.hooks`."""

    kind: Literal["collect"]
    package: str
    subject: Subject


@final
class FoldersRequest(TypedDict):
    """Evaluate an entry point of the group `pyinstaller40`, such as "package.module:get_hook_dirs"."""

    kind: Literal["hook_folders"]
    entry_point: str


HookRequest = StandardRequest | BeforeImportRequest | BeforeSearchRequest
Request = HookRequest | CollectRequest | FoldersRequest

# --- Answers ----------------------------------------------------------------------------------------------------------


@final
class StandardResult(TypedDict):
    """The requests of a standard hook. `files`: pairs of a file or pattern and a folder of the binary.

    `collection_mode`: by package, as in PyInstaller's `module_collection_mode`.
    """

    hidden_imports: list[str]
    excluded_imports: list[str]
    files: list[tuple[str, str]]
    collection_mode: dict[str, str]
    warns_of_missing: bool


@final
class BeforeImportResult(TypedDict):
    """The requests of a pre-safe-import hook. `aliases`: pairs of the real name and the other."""

    aliases: list[tuple[str, str]]
    package_paths: list[str]
    runtime_modules: list[str]


@final
class BeforeSearchResult(TypedDict):
    """The folders in which a module is to be looked for."""

    search_folders: list[str]


@final
class Collected(TypedDict):
    """Files and modules of a package. `files`: as in `StandardResult`; `modules` begins with the package."""

    files: list[tuple[str, str]]
    modules: list[str]


@final
class FoldersResult(TypedDict):
    """Folders with hooks."""

    folders: list[str]


HookResult = StandardResult | BeforeImportResult | BeforeSearchResult
Result = HookResult | Collected | FoldersResult
R = TypeVar("R")


@final
class Served(TypedDict, Generic[R]):
    """The result of a request, and the warnings that were logged on the way."""

    result: R
    messages: list[str]


@final
class Failure(TypedDict):
    """The exception that was raised, and the line of the hook, or 0."""

    error: str
    line: int


Answer = Served[R] | Failure
