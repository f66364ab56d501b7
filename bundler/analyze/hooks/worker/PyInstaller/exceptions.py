"""Exceptions that hooks raise or catch."""

from __future__ import annotations


class ExecCommandFailed(SystemExit):
    """A command that a hook ran failed."""


class HookError(Exception):
    """Hooks' own errors."""


class ImportErrorWhenRunningHook(HookError):  # noqa: N818  # PyInstaller's name
    """What a hook is for cannot be imported."""


class RemovedCipherFeatureError(SystemExit):
    """Of options that are gone."""


class RemovedWinSideBySideSupportError(SystemExit):
    """Of options that are gone."""


class PythonLibraryNotFoundError(Exception):
    """There is no shared libpython."""


class InvalidSrcDestTupleError(SystemExit):
    """A pair of source and destination makes no sense."""

    def __init__(self, src_dest: tuple[str, str], message: str) -> None:
        super().__init__(message)
        self.src_dest = src_dest
        self.message = message
