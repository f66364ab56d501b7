"""The output file: an earlier one stays until the new one is complete."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bundler.context import BuildContext
from bundler.errors import BundleError
from bundler.link.model import Linked
from bundler.link.up_to_date import OUTPUT_MODE, record


def check_output(output: Path) -> None:
    """Make the output's folder; BundleError when nothing could be written there, before any work is done for it."""
    above = next((folder for folder in output.parents if folder.exists()), None)
    if above is not None and not above.is_dir():
        raise _unwritable(output, f"`{above}` is not a folder")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        if output.is_dir():
            raise _unwritable(output, os.strerror(errno.EISDIR))
        if output.exists() and not output.is_file():
            raise _unwritable(output, "it is a device, a pipe or a socket")
        with tempfile.TemporaryFile(dir=output.parent):
            pass
    except OSError as error:
        raise _unwritable(output, error.strerror or str(error), error.errno) from error


@contextlib.contextmanager
def workplace(output: Path) -> Iterator[Path]:
    """A temporary folder beside the output, to make it in; BundleError when nothing can be written there.

    A failure in the block leaves an earlier output as it was.
    """
    check_output(output)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{output.name}-", dir=output.parent) as folder:
            yield Path(folder)
    except OSError as error:
        raise _unwritable(output, error.strerror or str(error), error.errno) from error


def publish(linked: Linked, inputs: str, context: BuildContext) -> None:
    """Rename the complete executable to the output, and record it under the digest of its inputs."""
    record(linked.path, inputs, context.cache)
    linked.path.chmod(OUTPUT_MODE)
    linked.path.replace(linked.layout.plan.output)


def _unwritable(output: Path, reason: str, number: int | None = None) -> BundleError:
    hint = "free some space" if number in (errno.ENOSPC, errno.EDQUOT) else "choose another file with `-o FILE`"
    return BundleError("cannot-write", f"`{output}` cannot be written: {reason}", hint=f"{hint}; nothing was changed")
