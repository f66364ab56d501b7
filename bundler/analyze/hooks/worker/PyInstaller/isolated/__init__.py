"""Run functions in a process of their own: what they import, change or break stays there.

The process is a fork of the hook's own, so that any function and any argument will do; results are pickled.
"""

from __future__ import annotations

import functools
import os
import pickle
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

_Result = TypeVar("_Result")

__all__ = ["Python", "SubprocessDiedError", "call", "decorate"]


class SubprocessDiedError(RuntimeError):
    """The process ended before the function did."""


def call(function: Callable[..., _Result], *args: Any, **kwargs: Any) -> _Result:
    """The function's result; its exceptions come back as RuntimeError."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            answer = pickle.dumps((True, function(*args, **kwargs)))
        except BaseException as error:  # noqa: BLE001  # SystemExit too must not continue the parent's work here
            answer = pickle.dumps((False, f"{type(error).__name__}: {error}"))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    if not data:
        raise SubprocessDiedError(f"`{getattr(function, '__name__', function)}` ended its process (status {status})")
    succeeded, value = pickle.loads(data)  # noqa: S301  # our own child wrote it
    if not succeeded:
        raise RuntimeError(f"{getattr(function, '__name__', 'a function')}() failed in its own process: {value}")
    result: _Result = value
    return result


def decorate(function: Callable[..., _Result]) -> Callable[..., _Result]:
    """Make a function run in a process of its own whenever it is called."""

    @functools.wraps(function)
    def wrapped(*args: Any, **kwargs: Any) -> _Result:
        return call(function, *args, **kwargs)

    return wrapped


class Python:
    """`with isolated.Python() as child: child.call(function, ...)`; state does not last from call to call."""

    def __init__(self, strict_mode: bool | None = None) -> None:
        self.strict_mode = strict_mode

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def call(self, function: Callable[..., _Result], *args: Any, **kwargs: Any) -> _Result:
        """The result of `isolated.call`."""
        return call(function, *args, **kwargs)
