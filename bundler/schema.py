"""The JSON documents that commands print with `--json`: their keys, and what these mean.

One version for all: `FORMAT` goes up when a key of any document changes its meaning or disappears; new keys may come at
any time. The tables of docs/cli.md are made from these declarations (`reference.py`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, TypedDict, get_type_hints

FORMAT = 2

# Keys of several documents.
_Format = Annotated[int, f"{FORMAT}"]
_Name = Annotated[str, "the program's name"]
_Python = Annotated[str, "version of the embedded Python"]
_StaticGlibc = Annotated[
    str | None, "version of the C library (glibc) that is linked into the binary; null when it is the system's"
]


class SizedRow(TypedDict):
    """Something with a size in bytes."""

    name: str
    size: int


class CarriedRow(TypedDict):
    """A shared object that stays a file, and why."""

    path: str
    reason: str


class DataFileRow(TypedDict):
    """A data file; its path starts where the script appears to lie."""

    path: str
    size: int


class PlannedFileRow(DataFileRow):
    """A data file, where it comes from, and whose it is."""

    source: str | None
    origin: str
    distribution: str | None


class PlannedLibraryRow(TypedDict):
    """A shared object, and why it is where it is. `module`: its name, if it is an extension module."""

    path: str
    is_prelinked: bool
    reason: str
    module: str | None
    source: str
    size: int


class CheckRow(TypedDict):
    """One thing that `bundle doctor` looked at; `problem` and what follows from it are null if nothing is wrong."""

    name: str
    found: str | None
    code: str | None
    problem: str | None
    hint: str | None
    install: str | None


class KindRow(TypedDict):
    """Entries of one kind in the cache."""

    kind: str
    entries: int
    size: int


class DistributionRow(TypedDict):
    """An installed distribution of which something is carried."""

    name: str
    version: str


class LeftOutRow(TypedDict):
    """A module that is installed, and not carried."""

    module: str
    wanted_by: str


class NewestVersion(TypedDict):
    """The newest version of a family of symbols that is needed, and by whom."""

    version: str
    needed_by: Sequence[str]
    symbols: Sequence[str]


class SnapshotDocument(TypedDict):
    """The snapshot of a binary."""

    modules: Sequence[str]
    late: Mapping[str, str]
    guards: Sequence[str]
    hash_seed: int
    processor: Sequence[str]
    fresh: Sequence[str]
    pages: int


class DigestsRow(TypedDict):
    """SHA-256 of the parts of a binary. `format` says what they are of."""

    format: int
    loaded: str
    manifest: str
    sbom: str
    symbols: str


class InspectDocument(TypedDict):
    """`bundle inspect FILE --json`."""

    format: _Format
    file: Annotated[str, "the path as given"]
    name: _Name
    python: _Python
    bundler: Annotated[str, "version of the bundler that made the file"]
    modules: Annotated[
        Mapping[str, Sequence[str]],
        "an object of sorted lists of names: `frozen` (static data in the executable), `prelinked` (extension modules in "
        "the executable), `builtin` (part of libpython), `namespace` (packages without code), `other` (none of these: "
        "always empty)",
    ]
    libraries: Annotated[
        Sequence[str],
        "paths, in the binary, of prelinked shared libraries: those that extension modules need, and those that packages "
        "open",
    ]
    carried: Annotated[
        Sequence[CarriedRow],
        'shared objects that could not be prelinked, each `{"path", "reason"}`; the reason continues a sentence about the '
        "library",
    ]
    data_files: Annotated[
        Sequence[DataFileRow],
        'a list of `{"path", "size"}`; paths are relative to where the script appears to lie, sizes in bytes',
    ]
    distributions: Annotated[Sequence[DistributionRow], 'a list of `{"name", "version"}`']
    left_out: Annotated[
        Sequence[LeftOutRow],
        'a list of `{"module", "wanted_by"}`: modules that are installed, imported by a library that neither requires them '
        "nor fails without",
    ]
    size: Annotated[int, "size of the file, in bytes"]
    sha256: Annotated[str, "SHA-256 of the file, in hexadecimal digits"]
    digests: Annotated[
        DigestsRow,
        'the same of its parts, for `bundle verify --against`: `{"format", "loaded", "manifest", "sbom", "symbols"}`; `""` where '
        "there is none",
    ]
    parts: Annotated[
        Mapping[str, int],
        "bytes by part, which add up to `size`: `interpreter` (with the launcher), `frozen`, `embedded` (extension "
        "modules, libraries, tables), `data_files`, `snapshot`, `symbols` (names for debuggers and profilers), `manifest` (with "
        "the bill of materials and digests)",
    ]
    thread_local_bytes: Annotated[int, "bytes that embedded libraries add to each thread"]
    static_glibc: _StaticGlibc
    snapshot: Annotated[
        SnapshotDocument | None,
        'the snapshot, or null: `{"modules", "late", "guards", "hash_seed", "processor", "fresh", "pages"}`; `late`: modules '
        "that are imported at each start, with reasons; `guards`: variables that must not be set for a start from it; `hash_seed`: the "
        "secret of hashes, as PYTHONHASHSEED takes it; `processor`: what a processor must have, as bits that it or the kernel reports "
        "(CPUID, AT_HWCAP); `fresh`: paths of libraries whose constructors run at each start; `pages`: number of stored units, each "
        "as large as the largest page of the processor's kernels (4096 bytes or 64 KiB)",
    ]
    newest_versions: Annotated[
        Mapping[str, NewestVersion],
        'for each of `GLIBC`, `GLIBCXX`, `CXXABI` and `GCC` that is needed at all: `{"version", "needed_by", "symbols"}`; '
        '`needed_by` lists paths of embedded modules and libraries, or `"executable"`; `symbols` are those of that version',
    ]
    symbol_versions: Annotated[
        Mapping[str, Mapping[str, Sequence[str]]],
        'the symbols that are looked up in the system\'s libraries, by version, of the executable (`"executable"`) when it '
        "starts and of each embedded module and library when it is loaded: "
        '`{"executable": {"GLIBC_2.14": ["memcpy"]}}`',
    ]


class VerifyDocument(TypedDict):
    """`bundle verify FILE --json`."""

    format: _Format
    file: Annotated[str, "the path as given"]
    against: Annotated[str | None, "the file that told the digests; null: the binary itself did"]
    state: Annotated[
        str,
        '`"identical"` (to the last byte; only with `--against`), `"intact"` (what is loaded, the manifest, the bill of materials and '
        'the symbols are the same), `"stripped"` (intact, but for parts that are gone) or `"altered"`',
    ]
    altered: Annotated[Sequence[str], "the parts that are others: of `loaded`, `manifest`, `sbom`, `symbols`"]
    gone: Annotated[Sequence[str], "parts that are missing; nothing loads them"]


class ProblemRow(TypedDict):
    """An error, as [errors.md](errors.md) explains its code."""

    code: str
    message: str
    where: str | None
    notes: Sequence[str]
    hint: str | None


class ArchiveRow(TypedDict):
    """An archive of a binary."""

    path: str
    size: int
    sha256: str


class BuiltRow(TypedDict):
    """A program that was built, or could not be."""

    name: Annotated[str, "the program's name"]
    output: Annotated[str | None, "the path of the binary; null, as in the following rows, if it was not built"]
    links: Annotated[Sequence[str], "paths of links to it, by whose names its programs are started if it holds several"]
    size: Annotated[int | None, "size of the file, in bytes"]
    sha256: Annotated[str | None, "SHA-256 of the file, in hexadecimal digits"]
    archives: Annotated[Sequence[ArchiveRow], 'archives of it, each `{"path", "size", "sha256"}`']
    checksums: Annotated[Sequence[str], "paths of files with checksums of it and of its archives"]
    sbom: Annotated[str | None, "path of the bill of materials, if one was asked for"]
    licenses: Annotated[str | None, "path of the file with licences, if one was asked for"]
    python: Annotated[str | None, "version of the embedded Python"]
    modules: Annotated[int | None, "number of frozen modules"]
    compiled: Annotated[int | None, "number of these that were not in the cache"]
    seconds: Annotated[float, "duration of the build"]
    problem: Annotated[
        ProblemRow | None,
        'what kept it from being built: `{"code", "message", "where", "notes", "hint"}`; null if it was built',
    ]


class BuildDocument(TypedDict):
    """`bundle TARGET --json`."""

    format: _Format
    bundler: Annotated[str, "version of the bundler"]
    status: Annotated[int, "the exit status of the command"]
    programs: Annotated[
        Sequence[BuiltRow], "the programs in the order in which they were built, each with the keys below"
    ]


class DoctorDocument(TypedDict):
    """`bundle doctor --json`."""

    format: _Format
    bundler: Annotated[str, "version of the bundler"]
    can_build: Annotated[bool, "true if some Python can be embedded"]
    tools: Annotated[
        Sequence[CheckRow],
        'the compiler and other tools, each `{"name", "found", "code", "problem", "hint", "install"}`: what was found, or the '
        "code of an error, its message and hint; `install` is the command that installs what is lacking, if it is known",
    ]
    pythons: Annotated[Sequence[CheckRow], "the Pythons, each with the same keys; `name` is the path"]


class CacheDocument(TypedDict):
    """`bundle cache --json`."""

    format: _Format
    folder: Annotated[str, "the cache folder"]
    size: Annotated[int, "size of all files in it, in bytes"]
    limit: Annotated[int | None, "the size that it may have; null without a limit"]
    kinds: Annotated[Sequence[KindRow], 'entries by kind, the largest first, each `{"kind", "entries", "size"}`']


class StepRow(TypedDict):
    """An import on the way to a module."""

    importer: str | None
    imported: str
    binding: str
    place: str | None


class WhyDocument(TypedDict):
    """`bundle why MODULE TARGET --json`."""

    format: _Format
    module: Annotated[str, "the module's name"]
    steps: Annotated[
        Sequence[StepRow],
        'the imports that lead to it, each `{"importer", "imported", "binding", "place"}`: the importer is null for the '
        'interpreter; the binding is a predicate ("imports, inside a function"); the place is a file with a line, or null. '
        "There is none for `__main__` and for parts of the interpreter",
    ]


class PlannedModules(TypedDict):
    """Modules by kind, in the order of names."""

    frozen: Sequence[SizedRow]
    extension: Sequence[SizedRow]
    builtin: Sequence[str]
    namespace: Sequence[str]
    broken: Sequence[str]


class PlanDocument(TypedDict):
    """`bundle plan TARGET --json`."""

    format: _Format
    name: _Name
    output: Annotated[str, "the path that `bundle` would write"]
    python: _Python
    bundler: Annotated[str, "version of the bundler that makes the plan"]
    libpython: Annotated[str, 'which libpython would be embedded: `"static"` or `"shared"`']
    static_glibc: _StaticGlibc
    modules: Annotated[
        PlannedModules,
        'an object of lists: `frozen` and `extension`, each `{"name", "size"}`; names of `builtin` modules (part of '
        "libpython), `namespace` packages (without code) and `broken` modules (which do not compile, and are carried as "
        "text)",
    ]
    libraries: Annotated[
        Sequence[PlannedLibraryRow],
        'every shared object, each `{"path", "is_prelinked", "reason", "module", "source", "size"}`: its path in the '
        "binary; whether it becomes part of the executable or stays a file; why it is needed, or why it stays a file (the "
        "reason continues a sentence about it); its name if it is an extension module, else null; the file it comes from, "
        "and its size",
    ]
    system_libraries: Annotated[
        Sequence[str], "libraries of the user's system that the binary would need, besides the C library"
    ]
    missing_libraries: Annotated[
        Sequence[str],
        "libraries that some of these need and that are not on this machine; who needs them can be opened only where the "
        "system has them",
    ]
    data_files: Annotated[
        Sequence[PlannedFileRow],
        'a list of `{"path", "size", "source", "origin", "distribution"}`; `origin` says whose the file is: `"app"`, '
        '`"distribution"`, `"stdlib"` or `"launcher"`; `distribution` is its name or null, `source` null for what bundler '
        "writes itself",
    ]
    distributions: Annotated[Sequence[DistributionRow], 'a list of `{"name", "version"}`']
    left_out: Annotated[Sequence[LeftOutRow], "as in `bundle inspect`"]
    sizes: Annotated[
        Mapping[str, int],
        "bytes of what would be added to interpreter and launcher: `frozen`, `prelinked`, `carried`, `data_files`",
    ]


def keys_of(document: type) -> Iterator[tuple[str, str]]:
    """The keys of a document, in their order, each with its meaning."""
    for key, hint in get_type_hints(document, include_extras=True).items():
        yield key, hint.__metadata__[0]


def to_json(document: Mapping[str, Any]) -> str:
    """A document as text. ASCII, whatever the encoding of standard output: names of files need not be text."""
    return json.dumps(document, indent=2, ensure_ascii=True)
