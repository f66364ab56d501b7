"""Runs one command line: arguments to a command, errors to an exit status."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bundler.cli.arguments import read_arguments
from bundler.cli.builds import build, plan, trace, why
from bundler.cli.commands import OTHER_COMMANDS
from bundler.cli.failures import FAILURE, WRONG_USAGE, tell
from bundler.cli.programs import only, read_programs
from bundler.cli.usage import UsageError
from bundler.errors import Diagnostic, Severity
from bundler.values import environment

if TYPE_CHECKING:
    from bundler.report import Reporter


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    try:
        return _run(sys.argv[1:] if argv is None else list(argv))
    except KeyboardInterrupt:
        return _end_by_interrupt()
    except BrokenPipeError:
        # The reader of our output left, as `| head` does; nothing is to be flushed into the pipe at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE


def _run(arguments: list[str]) -> int:
    settings = None
    try:
        if arguments and arguments[0] in OTHER_COMMANDS:
            return OTHER_COMMANDS[arguments[0]].execute(arguments[1:])
        given = read_arguments(arguments)
        programs = read_programs(given, environment())
        settings = programs[0]
        for run in given.traces:
            trace(only(programs), run)
            programs = read_programs(given, environment())
        if given.why is not None:
            why(only(programs), given.why, as_json=given.as_json)
        elif given.plan:
            plan(only(programs), as_json=given.as_json)
        else:
            return build(programs, as_json=given.as_json)
    except UsageError as error:
        _reporter().diagnostic(Diagnostic(Severity.ERROR, "usage", str(error), notes=error.notes, hint=error.hint))
        return WRONG_USAGE
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  # the last place that can report it
        return tell(error, settings, _reporter())[1]
    return 0


def _end_by_interrupt() -> int:
    """End as a program without a handler does, so that a shell script around us stops as well."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)
    return 128 + signal.SIGINT


def _reporter() -> Reporter:
    from bundler.report import Reporter

    return Reporter()
