"""Exceptions that hooks raise or catch."""

from __future__ import annotations


class ExecCommandFailed(SystemExit):
    """A command that a hook ran failed."""


class HookError(Exception):
    """Hooks' own errors."""


class ImportErrorWhenRunningHook(HookError):  # noqa: N818  # PyInstaller's name
    """The module of a hook cannot be imported."""


class RemovedCipherFeatureError(SystemExit):
    """Raised for options that are gone."""


class RemovedWinSideBySideSupportError(SystemExit):
    """Raised for options that are gone."""


class PythonLibraryNotFoundError(Exception):
    """Raised when there is no shared libpython."""


class InvalidSrcDestTupleError(SystemExit):
    """A pair of source and destination makes no sense."""

    def __init__(self, src_dest: tuple[str, str], message: str) -> None:
        super().__init__(message)
        self.src_dest = src_dest
        self.message = message
