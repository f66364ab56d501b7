"""The file that the user gets: never half-written, and what was there before stays until the new one is whole."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bundler.errors import BundleError

LINKED = "linked"  # what the file is called while it is made
OUTPUT_MODE = 0o755


def check_output(output: Path) -> None:
    """Make the output's folder; BundleError when nothing could be written there, before any work is done for it."""
    above = next((folder for folder in output.parents if folder.exists()), None)
    if above is not None and not above.is_dir():
        raise _unwritable(output, f"`{above}` is not a folder")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        if output.is_dir():
            raise _unwritable(output, os.strerror(errno.EISDIR))
        with tempfile.TemporaryFile(dir=output.parent):
            pass
    except OSError as error:
        raise _unwritable(output, error.strerror or str(error), error.errno) from error


@contextlib.contextmanager
def replacing(output: Path) -> Iterator[Path]:
    """A folder beside the output to work in; its file LINKED becomes the output when the block succeeds."""
    check_output(output)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as folder:
            yield Path(folder)
            linked = Path(folder) / LINKED
            linked.chmod(OUTPUT_MODE)
            linked.replace(output)
    except OSError as error:
        raise _unwritable(output, error.strerror or str(error), error.errno) from error


def _unwritable(output: Path, reason: str, number: int | None = None) -> BundleError:
    hint = "free some space" if number in (errno.ENOSPC, errno.EDQUOT) else "choose another file with `-o FILE`"
    return BundleError("cannot-write", f"`{output}` cannot be written: {reason}", hint=f"{hint}; nothing was changed")
