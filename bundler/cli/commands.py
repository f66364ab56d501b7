"""Carries out the commands whose arguments are none of a build."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bundler.cli.arguments import parser
from bundler.cli.command_arguments import (
    OfCache,
    OfCompletion,
    OfDoctor,
    OfInspect,
    OfMigrate,
    OfVerify,
    cache_parser,
    completion_parser,
    doctor_parser,
    inspect_parser,
    migrate_parser,
    verify_parser,
)
from bundler.cli.failures import FAILURE
from bundler.cli.parsing import parse
from bundler.cli.programs import machine_settings
from bundler.cli.usage import BUILD_COMMANDS, CACHE, COMPLETION, DOCTOR, INSPECT, MIGRATE, VERIFY, WORDS, UsageError
from bundler.values import environment


def _inspect(arguments: list[str]) -> int:
    given = parse(inspect_parser(), arguments, OfInspect())
    from bundler import inspection
    from bundler.link.finished import read_sbom
    from bundler.report import print_data, print_page
    from bundler.schema import to_json

    if given.sbom:
        print_data(read_sbom(given.file).removesuffix("\n"))
    else:
        found = inspection.inspect(given.file)
        if given.json:
            print_data(to_json(inspection.document(found)))
        else:
            print_page(inspection.title(found), inspection.page(found))
    sys.stdout.flush()
    return 0


def _verify(arguments: list[str]) -> int:
    given = parse(verify_parser(), arguments, OfVerify())
    from bundler import verification
    from bundler.report import print_data
    from bundler.schema import to_json

    found = verification.verify(given.file, given.against)
    refusal = verification.refusal(found)
    if given.json:
        print_data(to_json(verification.document(found)))
    elif refusal is None:
        print_data(verification.text(found))
    sys.stdout.flush()
    if refusal is not None:
        raise refusal
    return 0


def _cache(arguments: list[str]) -> int:
    given = parse(cache_parser(), arguments, OfCache())
    misplaced = next((name for name in ("size", "unused") if getattr(given, name) is not None), None)
    if misplaced is not None and given.what != "prune":
        raise UsageError(f"`--{misplaced}` belongs to `bundle cache prune`")
    from bundler import cache_page
    from bundler.cache import Cache
    from bundler.cache_limit import entries, keep_limit, remove_all, remove_unused
    from bundler.report import Reporter, count_text, print_data, print_page, size_text
    from bundler.schema import to_json
    from bundler.values import seconds_of, size_of

    try:
        size = size_of(given.size) if given.size is not None else None
        unused = seconds_of(given.unused) if given.unused is not None else None
    except ValueError as error:
        raise UsageError(str(error)) from error
    settings = machine_settings(given)
    cache = Cache(settings.cache_dir)
    match given.what:
        case "dir":
            print_data(str(cache.root))
        case "prune" | "clean":
            if given.what == "clean":
                removed = [remove_all(cache)]
            else:
                removed = [remove_unused(cache, unused)] if unused is not None else []
                if size is not None or unused is None:
                    # A limit of 0 is none; a size of 0 is asked for.
                    removed.append(keep_limit(cache, settings.cache_limit if size is None else max(size, 1)))
            count, total = sum(each.entries for each in removed), sum(each.size for each in removed)
            Reporter().line(f"{cache.root}: removed {count_text(count, 'item')}, {size_text(total)}")
        case _:
            every = entries(cache)
            if given.json:
                print_data(to_json(cache_page.document(cache, every, settings.cache_limit)))
            else:
                print_page(cache_page.title(cache, every, settings.cache_limit), cache_page.page(every))
    sys.stdout.flush()
    return 0


def _doctor(arguments: list[str]) -> int:
    given = parse(doctor_parser(), arguments, OfDoctor())
    from bundler import doctor
    from bundler.cache import Cache
    from bundler.report import Reporter, print_data, print_page
    from bundler.schema import to_json

    settings = machine_settings(given)
    Reporter().findings(settings.findings)
    found = doctor.examine(
        settings.compiler, Cache(settings.cache_dir), settings.cache_limit, settings.python, environment()
    )
    if given.json:
        print_data(to_json(doctor.document(found)))
    else:
        print_page(doctor.title(found), doctor.page(found))
    sys.stdout.flush()
    return 0 if found.can_build else FAILURE


def _migrate(arguments: list[str]) -> int:
    given = parse(migrate_parser(), arguments, OfMigrate())
    if not given.words:
        raise UsageError("a file or a command line is missing", "`bundle migrate app.spec`")
    from bundler.migration import migrate, page
    from bundler.report import print_data

    print_data(page(migrate(given.words, machine_settings(given).python, execute=given.execute)).rstrip("\n"))
    sys.stdout.flush()
    return 0


def _completion(arguments: list[str]) -> int:
    given = parse(completion_parser(), arguments, OfCompletion())
    from bundler.completion import script
    from bundler.report import print_data

    print_data(script(given.shell, parsers(), WORDS).rstrip("\n"))
    sys.stdout.flush()
    return 0


@dataclass(frozen=True, slots=True)
class _Command:
    """A command whose arguments are none of a build."""

    parser: Callable[[], argparse.ArgumentParser]
    execute: Callable[[list[str]], int]


OTHER_COMMANDS: Mapping[str, _Command] = {
    INSPECT: _Command(inspect_parser, _inspect),
    VERIFY: _Command(verify_parser, _verify),
    CACHE: _Command(cache_parser, _cache),
    DOCTOR: _Command(doctor_parser, _doctor),
    MIGRATE: _Command(migrate_parser, _migrate),
    COMPLETION: _Command(completion_parser, _completion),
}


def parsers() -> Mapping[str, argparse.ArgumentParser]:
    """The parser of each command by its word; that of a build by ""."""
    builds = {command: parser(command) for command in ("", *BUILD_COMMANDS)}
    return builds | {name: command.parser() for name, command in OTHER_COMMANDS.items()}
