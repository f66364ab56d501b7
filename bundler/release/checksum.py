"""Files with checksums, as `sha256sum` of GNU coreutils writes and checks them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from bundler.cache import write_atomically


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_checksum(path: Path) -> Path:
    """Write the checksum of a file beside it, to be checked in their folder; the path of the file that was written."""
    written = path.with_name(f"{path.name}.sha256")
    write_atomically(written, sha256(path).encode() + b"  " + os.fsencode(path.name) + b"\n")
    return written
