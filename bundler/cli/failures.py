"""Explains failures to users, and gives them an exit status."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from bundler.errors import BundleError, Diagnostic, Severity
from bundler.settings import Settings

if TYPE_CHECKING:
    from bundler.process import CommandError
    from bundler.report import Reporter

FAILURE = 1  # the user's problem
WRONG_USAGE = 2  # as argparse
BUG = 70  # EX_SOFTWARE of sysexits.h

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_TEXTS = tuple(os.strerror(number) for number in _FULL)


def tell(error: Exception, settings: Settings | None, report: Reporter) -> tuple[Diagnostic, int]:
    """Report a failure; what it is, and the exit status that it means."""
    finding = explain(error, settings)
    if finding is None:
        return report.bug(error), BUG
    report.diagnostic(finding)
    return finding, FAILURE


def explain(error: Exception, settings: Settings | None) -> Diagnostic | None:
    """A failure as the user's problem; None when it is a bug of ours."""
    from bundler.elf import ElfError
    from bundler.process import CommandError

    match error:
        case BundleError():
            return error.diagnostic
        case CommandError():
            return _explain_command(error)
        case OSError():
            return _explain_os_error(error, settings)
        case ElfError():
            return Diagnostic(
                Severity.ERROR,
                "bad-library",
                f"a library or an archive cannot be read: {error}",
                hint="reinstall what the file belongs to",
            )
        case _:
            return None


def _explain_command(error: CommandError) -> Diagnostic:
    """An error for a program that failed and that no caller explained."""
    if any(text in error.output for text in _FULL_TEXTS):
        return _disk_full(None)
    return Diagnostic(
        Severity.ERROR,
        "command-failed",
        str(error),
        notes=tuple(error.output.strip().splitlines()[-10:]),
        hint="run again with `-v` to see the commands",
    )


def _explain_os_error(error: OSError, settings: Settings | None) -> Diagnostic | None:
    """A file of the user's could not be used; None when that is no user's business."""
    if error.errno in _FULL:
        return _disk_full(error.filename)
    if error.filename is None or settings is None:
        return None
    reason = error.strerror or str(error)
    cache = settings.cache_dir
    file = Path(os.fsdecode(error.filename))
    if file.is_relative_to(cache) or cache.is_relative_to(file):  # a folder above it could not be made
        return Diagnostic(
            Severity.ERROR,
            "cache-unusable",
            f"the cache folder `{cache}` cannot be used: {reason}",
            where=os.fsdecode(error.filename),
            hint="choose another with `--cache-dir DIR` or the variable BUNDLER_CACHE_DIR",
        )
    return Diagnostic(
        Severity.ERROR,
        "file-unusable",
        f"`{os.fsdecode(error.filename)}` cannot be used: {reason}",
        hint="check that it is there and that its permissions, and those of its folder, allow it",
    )


def _disk_full(path: object) -> Diagnostic:
    where = os.fsdecode(path) if isinstance(path, str | bytes) else None
    return Diagnostic(
        Severity.ERROR,
        "disk-full",
        "there is no space left on the disk",
        where=where,
        hint="free some space, or keep compiled modules elsewhere with `--cache-dir DIR`; an earlier output is unchanged",
    )
