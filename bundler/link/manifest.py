"""What a binary says about itself: a JSON text in a section of its own, which no program start reads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bundler.elf import ElfError, read_executable, read_shared_object
from bundler.errors import BundleError

SECTION = ".bundle.manifest"


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts of a binary. Sizes are in bytes; module lists are in the order of names.

    `symbol_versions`: the versions of the system's libraries that each embedded library needs, such as
    {"/__bundle__/_ssl.so": ["libc.so.6:GLIBC_2.14"]}.
    """

    name: str
    python: str
    bundler: str
    frozen: tuple[str, ...]
    extensions: tuple[str, ...]
    builtin: tuple[str, ...]
    namespaces: tuple[str, ...]
    other: tuple[str, ...]  # modules that are none of these: there should be none
    libraries: tuple[str, ...]  # prelinked, besides the extension modules
    carried: tuple[tuple[str, str], ...]  # shared objects that are carried as files, and why
    data_files: tuple[tuple[str, int], ...]
    distributions: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...]  # optional modules that are not carried, and who would use them
    thread_local_bytes: int
    symbol_versions: tuple[tuple[str, tuple[str, ...]], ...]

    def text(self) -> str:
        """The section's contents: ASCII, for names of files need not be text."""
        return json.dumps(asdict(self), indent=1)


def read_manifest(path: Path) -> Manifest:
    """The manifest of a binary; BundleError when it was not made by bundler."""
    try:
        executable = read_executable(path, with_symbols=False)
        section = executable.sections[SECTION]
        with path.open("rb") as file:
            file.seek(section.offset)
            fields: dict[str, Any] = json.loads(file.read(section.size))
        return Manifest(**{name: _frozen(value) for name, value in fields.items()})
    except OSError as error:
        raise BundleError("unreadable", f"`{path}` cannot be read: {error.strerror}") from error
    except (ElfError, KeyError, ValueError, IndexError, TypeError, AttributeError) as error:
        raise BundleError(
            "not-a-bundle",
            f"`{path}` was not made by bundler",
            hint="name a file that `bundle` wrote, in this version or one near to it",
        ) from error


def _frozen(value: Any) -> Any:
    """JSON's lists as tuples, all the way down."""
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def needed_versions(path: Path) -> tuple[str, ...]:
    """What the executable itself needs of the system's libraries, embedded functions included: "file:VERSION"."""
    return tuple(f"{file}:{version}" for file, version in read_shared_object(path).needed_versions)
