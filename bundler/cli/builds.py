"""Carries out the commands that take the arguments of a build: building, `plan`, `why` and `trace`."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bundler.cli.failures import tell
from bundler.cli.usage import UsageError
from bundler.settings import Settings

if TYPE_CHECKING:
    from bundler.building import Outcome
    from bundler.report import Reporter


def build(programs: Sequence[Settings], *, as_json: bool) -> int:
    """Build one program after the other, whatever becomes of each; the worst status."""
    from bundler import building
    from bundler.report import Reporter, count_text, print_data
    from bundler.schema import to_json

    report = Reporter(quiet=programs[0].quiet, verbose=programs[0].verbose)
    outcomes = [_outcome(settings, report) for settings in programs]
    failed = [each for each in outcomes if each.status]
    if failed and len(programs) > 1:
        report.line(f"{len(programs) - len(failed)} of {count_text(len(programs), 'program')} were built")
    if as_json:
        print_data(to_json(building.document(outcomes)))
        sys.stdout.flush()
    return max(each.status for each in outcomes)


def _outcome(settings: Settings, report: Reporter) -> Outcome:
    """Build a program and tell how that ended."""
    started = time.monotonic()
    from bundler.building import Outcome
    from bundler.pipeline import bundle
    from bundler.report import count_text, size_text, time_text

    try:
        built = bundle(settings, report)
    except Exception as error:  # noqa: BLE001  # the next program is built all the same
        problem, status = tell(error, settings, report)
        return Outcome(settings, time.monotonic() - started, problem=problem, status=status)
    seconds = time.monotonic() - started
    cached = built.modules - built.compiled
    report.line(
        f"{built.path}: {size_text(built.path.stat().st_size)}, Python {built.python}, "
        f"{count_text(built.modules, 'module')} ({cached} from the cache), {time_text(seconds)}"
    )
    if built.delivery.links:
        report.line(f"  runs as {', '.join(command.name for command in settings.commands)}")
    for archive in built.delivery.archives:
        report.line(f"{archive}: {size_text(archive.stat().st_size)}")
    if settings.report is not None:
        report.line(f"{settings.report}: shows what is in it")
    return Outcome(settings, seconds, built)


def trace(settings: Settings, arguments: str) -> None:
    if settings.commands:
        raise UsageError(
            "one program can be traced, not a binary of several", "name one with `--no-multicall --program NAME`"
        )
    from bundler.pipeline import traced
    from bundler.project import project_folder
    from bundler.report import Reporter

    try:
        words = shlex.split(arguments)
    except ValueError as error:
        raise UsageError(f"`--trace`: {error}", "quote arguments as in a shell") from error
    report = Reporter(quiet=settings.quiet, verbose=settings.verbose)
    written = traced(settings, words, project_folder(settings.target, Path()), report)
    report.line(f"{written}: recorded what the run used" if written else "the run used nothing new")


def why(settings: Settings, module: str, *, as_json: bool) -> None:
    from bundler import reasons
    from bundler.pipeline import why
    from bundler.report import Reporter, print_data
    from bundler.schema import to_json

    steps = why(settings, module, Reporter(quiet=settings.quiet, verbose=settings.verbose))
    print_data(to_json(reasons.document(module, steps)) if as_json else reasons.text(module, steps))
    sys.stdout.flush()


def plan(settings: Settings, *, as_json: bool) -> None:
    from bundler import planning
    from bundler.pipeline import plan
    from bundler.report import Reporter, print_data, print_page
    from bundler.schema import to_json

    planned = plan(settings, Reporter(quiet=settings.quiet, verbose=settings.verbose))
    document = planning.document(planned)
    if as_json:
        print_data(to_json(document))
    else:
        print_page(planning.title(document), planning.page(document))
    sys.stdout.flush()
