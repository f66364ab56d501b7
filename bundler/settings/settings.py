"""Noun: the settings of a build. An option is declared with its field."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, get_origin, get_type_hints

from bundler.errors import Diagnostic
from bundler.settings.model import AddedData, Command, DeclaredScript, FunctionName, Release, Requirements
from bundler.settings.option import Group, Option, Place, ValueType

# The glibc of CentOS 7 and of wheels for manylinux2014: those of later systems have all that it has.
OLDEST_GLIBC = "2.17"
HOST = "host"  # in place of a version

CACHE_LIMIT = 5_000_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one build. Defaults are those of `bundle TARGET`."""

    name: Annotated[
        str | None,
        Option(
            "name",
            ValueType.TEXT,
            Group.ENTRY,
            "the name of the program, by which `--program` chooses it, and of its binary (default: that of what is bundled); "
            "without `target`, `module` and `script`: a command of `[project.scripts]`",
            place=Place.PROGRAM,
        ),
    ] = None
    target: Annotated[
        str | None,
        Option(
            "target",
            ValueType.TARGET,
            Group.ENTRY,
            "a script (`app.py`), a folder with `__main__.py`, or a function to call (`package.module:function`)",
            metavar="TARGET",
        ),
    ] = None
    module: Annotated[
        str | None,
        Option(
            "module", ValueType.TEXT, Group.ENTRY, "a module, run as `python -m` runs it", metavar="MODULE", short="-m"
        ),
    ] = None
    script: Annotated[
        str | None,
        Option("script", ValueType.TEXT, Group.ENTRY, "a console script of an installed distribution", metavar="NAME"),
    ] = None
    python: Annotated[
        Path,
        Option(
            "python",
            ValueType.PYTHON,
            Group.ENTRY,
            "the interpreter to embed, whose environment is searched: its path, its name on PATH, a version such as `3.13` (on PATH, "
            "pyenv's or uv's), or the folder of a virtual environment (default: that of the active environment, else of "
            "`.venv` beside pyproject.toml or in the current folder, else of the one that poetry, hatch, pdm or uv has for the project, "
            "else the one that runs bundle)",
            metavar="PYTHON",
        ),
    ] = Path(sys.executable)
    system: Annotated[
        str | None,
        Option(
            "target",
            ValueType.SYSTEM,
            Group.ENTRY,
            "the system that the binary is for (default: this machine's); for another processor, `--python` names an interpreter "
            "of that system",
            metavar="SYSTEM",
            place=Place.COMMAND_LINE,
        ),
    ] = None
    multicall: Annotated[
        bool,
        Option(
            "multicall",
            ValueType.SWITCH,
            Group.ENTRY,
            "put all programs of the project into one binary, which runs the one by whose name it is started; links with "
            "their names are made beside it",
            place=Place.PROJECT,
        ),
    ] = False
    hidden_imports: Annotated[
        tuple[str, ...],
        Option(
            "hidden-import",
            ValueType.TEXTS,
            Group.CONTENTS,
            "a module that the analysis does not find",
            metavar="MODULE",
        ),
    ] = ()
    excluded_modules: Annotated[
        tuple[str, ...],
        Option(
            "exclude-module",
            ValueType.TEXTS,
            Group.CONTENTS,
            "a module to leave out, with its submodules",
            metavar="MODULE",
        ),
    ] = ()
    stdlib: Annotated[
        str,
        Option(
            "stdlib",
            ValueType.EXTENT,
            Group.CONTENTS,
            "the part of the standard library to carry: `used`, what the program reaches, or `full`, for programs that run "
            "code which is unknown when they are bundled (default: used, but full for programs known to need it)",
            metavar="EXTENT",
        ),
    ] = "used"
    added_data: Annotated[
        tuple[AddedData, ...],
        Option(
            "add-data",
            ValueType.DATA,
            Group.CONTENTS,
            "carry a file, the contents of a folder, or the files that match a pattern; DEST is a folder, relative to the "
            "script's; `.` is the script's own",
            metavar="SRC:DEST",
        ),
    ] = ()
    collected: Annotated[
        tuple[str, ...],
        Option(
            "collect-all",
            ValueType.TEXTS,
            Group.CONTENTS,
            "a package to carry as a whole: all its modules, data files, shared libraries, and its metadata",
            metavar="PACKAGE",
        ),
    ] = ()
    collected_submodules: Annotated[
        tuple[str, ...],
        Option(
            "collect-submodules",
            ValueType.TEXTS,
            Group.CONTENTS,
            "a package to carry with all its modules",
            metavar="PACKAGE",
        ),
    ] = ()
    collected_data: Annotated[
        tuple[str, ...],
        Option(
            "collect-data",
            ValueType.TEXTS,
            Group.CONTENTS,
            "a package whose data files to carry even if no module of it is reached",
            metavar="PACKAGE",
        ),
    ] = ()
    collected_binaries: Annotated[
        tuple[str, ...],
        Option(
            "collect-binaries",
            ValueType.TEXTS,
            Group.CONTENTS,
            "a package whose shared libraries to carry even if no module of it is reached",
            metavar="PACKAGE",
        ),
    ] = ()
    copied_metadata: Annotated[
        tuple[str, ...],
        Option(
            "copy-metadata",
            ValueType.TEXTS,
            Group.CONTENTS,
            "a distribution whose metadata to carry, with that of all it requires; "
            "distributions of which anything is carried have theirs anyway",
            metavar="DISTRIBUTION",
        ),
    ] = ()
    hook_folders: Annotated[
        tuple[Path, ...],
        Option(
            "additional-hooks-dir",
            ValueType.PATHS,
            Group.CONTENTS,
            "a folder with PyInstaller hooks; those of packages and of pyinstaller-hooks-contrib are used anyway",
            metavar="DIR",
        ),
    ] = ()
    hook_config: Annotated[
        tuple[str, ...],
        Option(
            "hook-config",
            ValueType.TEXTS,
            Group.CONTENTS,
            'a value for a PyInstaller hook, as in `hooksconfig` of a spec file; text or JSON: `gi:languages=["de"]`',
            metavar="MODULE:KEY=VALUE",
        ),
    ] = ()
    runtime_hooks: Annotated[
        tuple[Path, ...],
        Option(
            "runtime-hook", ValueType.PATHS, Group.START, "a Python file that runs before the program", metavar="FILE"
        ),
    ] = ()
    with_source: Annotated[
        bool,
        Option(
            "with-source",
            ValueType.SWITCH,
            Group.CONTENTS,
            "carry the sources of all modules, compressed: tracebacks quote their lines, `inspect.getsource` finds them",
        ),
    ] = False
    optimize: Annotated[
        int,
        Option(
            "optimize",
            ValueType.LEVEL,
            Group.START,
            "the level of optimisation, as `python -O`: 1 removes assert statements, 2 docstrings too (default: 0)",
            metavar="LEVEL",
            short="-O",
        ),
    ] = 0
    warnings: Annotated[
        tuple[str, ...],
        Option(
            "warning", ValueType.TEXTS, Group.START, "a warning filter, as `python -W`", metavar="FILTER", short="-W"
        ),
    ] = ()
    x_options: Annotated[
        tuple[str, ...],
        Option(
            "x-option",
            ValueType.TEXTS,
            Group.START,
            "an option of the interpreter, as `python -X`",
            metavar="OPT",
            short="-X",
        ),
    ] = ()
    utf8: Annotated[
        bool, Option("utf8", ValueType.SWITCH, Group.START, "UTF-8 mode whatever the locale, as `python -X utf8`")
    ] = False
    python_command: Annotated[
        bool | None,
        Option(
            "python-command",
            ValueType.SWITCH,
            Group.START,
            "when the program starts `sys.executable -m MODULE`, `-c CODE` and the like, run them as Python would; turned off, "
            "pass them to the program as arguments (default: an error, but on for programs known to need it)",
        ),
    ] = None
    output: Annotated[
        Path | None,
        Option(
            "output", ValueType.PATH, Group.BUILD, "the file to write (default: dist/NAME)", metavar="FILE", short="-o"
        ),
    ] = None
    checksum: Annotated[
        bool,
        Option(
            "checksum",
            ValueType.SWITCH,
            Group.RELEASE,
            "write the SHA-256 of the binary and of each archive to a file beside it (`FILE.sha256`), as `sha256sum` does",
        ),
    ] = False
    archives: Annotated[
        tuple[str, ...],
        Option(
            "archive",
            ValueType.ARCHIVES,
            Group.RELEASE,
            "write an archive beside the binary, with the project's readme and licences: `tar.gz`, `tar.zst` or `zip`",
            metavar="FORMAT",
        ),
    ] = ()
    archived: Annotated[
        tuple[AddedData, ...],
        Option(
            "archive-file",
            ValueType.DATA,
            Group.RELEASE,
            "a file, a folder or a pattern for archives, such as manual pages and shell completions; DEST is a folder of the "
            "archive",
            metavar="SRC:DEST",
        ),
    ] = ()
    sbom: Annotated[
        Path | None,
        Option(
            "sbom",
            ValueType.PATH,
            Group.RELEASE,
            "write a bill of materials in CycloneDX's JSON: distributions, Python and libraries in C, with versions, licences "
            "and digests; the binary holds it too, for `bundle inspect --sbom`",
            metavar="FILE",
        ),
    ] = None
    notices: Annotated[
        Path | None,
        Option(
            "licenses",
            ValueType.PATH,
            Group.RELEASE,
            "write the licences of all that is in the binary, and warn of those that ask for something when it is given to "
            "others; archives hold the file",
            metavar="FILE",
        ),
    ] = None
    report: Annotated[
        Path | None,
        Option(
            "report",
            ValueType.PATH,
            Group.RELEASE,
            "write a page for a browser that shows what is in the binary, by size, why each module is there, licences, findings, "
            "and how long imports take",
            metavar="FILE",
        ),
    ] = None
    report_start: Annotated[
        tuple[str, ...] | None,
        Option(
            "report-start",
            ValueType.ARGUMENTS,
            Group.RELEASE,
            "start the finished program with these arguments (one word, quoted as in a shell), and show the imports of that start "
            "in the report (default: a start in which installed modules are imported and nothing of the program runs)",
            metavar="ARGS",
        ),
    ] = None
    cache_dir: Annotated[
        Path,
        Option(
            "cache-dir",
            ValueType.PATH,
            Group.BUILD,
            "the folder for compiled modules; the variable BUNDLER_CACHE_DIR wins over pyproject.toml, and this option over both "
            "(default: bundler in the user's cache folder)",
            metavar="DIR",
            place=Place.PROJECT,
        ),
    ] = Path()
    run: Annotated[
        bool,
        Option(
            "run",
            ValueType.SWITCH,
            Group.BUILD,
            "run code when building: hooks, compiled modules, the rehearsal, the program's first imports for a "
            "snapshot, and those of a report; see docs/security.md (default: yes)",
        ),
    ] = True
    rehearse: Annotated[
        bool,
        Option(
            "rehearse",
            ValueType.SWITCH,
            Group.BUILD,
            "import the program's installed distributions once, and compile beforehand what their imports compile "
            "(default: yes)",
        ),
    ] = True
    self_check: Annotated[
        bool,
        Option(
            "self-check",
            ValueType.SWITCH,
            Group.BUILD,
            "compare all static code with what the interpreter makes of the sources, and fail on a difference",
        ),
    ] = False
    glibc: Annotated[
        str,
        Option(
            "glibc",
            ValueType.FLOOR,
            Group.BUILD,
            "the oldest C library (glibc) to run with, or `host`: one like this machine's, or newer",
            metavar="VERSION",
        ),
    ] = OLDEST_GLIBC
    static: Annotated[
        bool,
        Option(
            "static",
            ValueType.SWITCH,
            Group.BUILD,
            "link the C library in, so that the binary needs nothing but a kernel: it runs on Alpine and in empty "
            "containers; see docs/portability.md",
        ),
    ] = False
    max_glibc: Annotated[
        str | None,
        Option(
            "max-glibc",
            ValueType.VERSION,
            Group.BUILD,
            "fail if the binary needs a newer C library than this, and say what needs it",
            metavar="VERSION",
        ),
    ] = None
    max_glibcxx: Annotated[
        str | None,
        Option(
            "max-glibcxx",
            ValueType.VERSION,
            Group.BUILD,
            "the same for the symbol versions of the C++ library (GLIBCXX)",
            metavar="VERSION",
        ),
    ] = None
    max_cxxabi: Annotated[
        str | None,
        Option(
            "max-cxxabi",
            ValueType.VERSION,
            Group.BUILD,
            "the same for the C++ library's CXXABI",
            metavar="VERSION",
        ),
    ] = None
    max_gcc: Annotated[
        str | None,
        Option(
            "max-gcc",
            ValueType.VERSION,
            Group.BUILD,
            "the same for libgcc (GCC)",
            metavar="VERSION",
        ),
    ] = None
    libpython: Annotated[
        str | None,
        Option(
            "libpython",
            ValueType.LINKAGE,
            Group.BUILD,
            "the libpython to embed: the static library, or the shared one, which is linked into the binary as other shared "
            "libraries are (default: static where the interpreter has one that is whole, else shared)",
            metavar="KIND",
        ),
    ] = None
    snapshot: Annotated[
        str,
        Option(
            "snapshot",
            ValueType.SNAPSHOT,
            Group.START,
            "start from a snapshot of the memory after the program's first imports, which run when it is built: `auto`, if that "
            "can be done; `require`, or the build fails; `no`, never (default: auto)",
            metavar="WHEN",
        ),
    ] = "auto"
    snapshot_imports: Annotated[
        tuple[str, ...],
        Option(
            "snapshot-imports",
            ValueType.TEXTS,
            Group.START,
            "import this module too before the snapshot is taken",
            metavar="MODULE",
        ),
    ] = ()
    snapshot_call: Annotated[
        tuple[FunctionName, ...],
        Option(
            "snapshot-call",
            ValueType.FUNCTIONS,
            Group.START,
            "call this function before the snapshot is taken; what it keeps is in the snapshot",
            metavar="MODULE:FUNCTION",
        ),
    ] = ()
    snapshot_late: Annotated[
        tuple[str, ...],
        Option(
            "snapshot-late",
            ValueType.TEXTS,
            Group.START,
            "import this module, or those that a pattern fits, at each start",
            metavar="MODULE",
        ),
    ] = ()
    snapshot_restore: Annotated[
        tuple[FunctionName, ...],
        Option(
            "snapshot-restore",
            ValueType.FUNCTIONS,
            Group.START,
            "call this function at each start from the snapshot: it finds again what its module keeps of the machine",
            metavar="MODULE:FUNCTION",
        ),
    ] = ()
    strict: Annotated[
        bool,
        Option(
            "strict",
            ValueType.SWITCH,
            Group.BUILD,
            "show warnings even with `-q`; if there is one, fail, and leave an earlier output as it was",
        ),
    ] = False
    quiet: Annotated[
        bool,
        Option(
            "quiet",
            ValueType.SWITCH,
            Group.BUILD,
            "print only errors, and warnings of imports in your own code that will certainly fail",
            short="-q",
            place=Place.PROJECT,
        ),
    ] = False
    verbose: Annotated[
        bool,
        Option(
            "verbose",
            ValueType.SWITCH,
            Group.BUILD,
            "list details in full, and show the commands that run",
            short="-v",
            place=Place.PROJECT,
        ),
    ] = False
    cache_limit: int = CACHE_LIMIT  # the variable BUNDLER_CACHE_SIZE, in bytes; 0: none
    compiler: str | None = None  # the variable CC
    library_folders: tuple[str, ...] = ()  # the variable LD_LIBRARY_PATH
    folder: Path = Path()  # where modules that TARGET and -m name are looked for first
    source_folders: tuple[Path, ...] = ()  # where those of the project lie that are not installed
    declared: DeclaredScript | None = None  # of `script`
    commands: tuple[Command, ...] = ()  # of a binary for several programs; TARGET, -m and --script are None then
    requirements: Requirements | None = None  # for which an environment is made; `python` is its base then
    release: Release | None = None  # of the project that the program belongs to
    source_date: int | None = None  # the variable SOURCE_DATE_EPOCH, in seconds since 1970
    findings: tuple[Diagnostic, ...] = ()  # about where these settings come from

    @property
    def glibc_floor(self) -> str | None:
        """The version of the oldest C library that the binary is to run with; None: this machine's."""
        return None if self.glibc == HOST else self.glibc

    @property
    def version_limits(self) -> Mapping[str, str]:
        """The newest versions that the binary may need, by family of symbol versions; only those with a limit."""
        every = {
            "GLIBC": self.max_glibc,
            "GLIBCXX": self.max_glibcxx,
            "CXXABI": self.max_cxxabi,
            "GCC": self.max_gcc,
        }
        return {family: version for family, version in every.items() if version}

    @property
    def subject(self) -> str:
        """The program to be bundled, in the user's word."""
        several = ", ".join(command.name for command in self.commands)
        return self.target or self.module or self.script or several

    def output_for(self, name: str) -> Path:
        """The path of the binary of a program of this name."""
        return self.output or Path("dist") / name


OPTIONS: Mapping[str, Option] = {
    field: hint.__metadata__[0]
    for field, hint in get_type_hints(Settings, include_extras=True).items()
    if get_origin(hint) is Annotated
}

# Those that the command line has.
COMMAND_LINE: Mapping[str, Option] = {
    field: option for field, option in OPTIONS.items() if option.place is not Place.PROGRAM
}

# Those that files have.
IN_FILES: Mapping[str, Option] = {
    field: option for field, option in OPTIONS.items() if option.place is not Place.COMMAND_LINE
}

# Options of a group exclude each other; a single program of a file has one of the first group.
ENTRIES = ("target", "module", "script")
EXCLUSIVE = (ENTRIES, ("quiet", "verbose"), ("static", "glibc"))
