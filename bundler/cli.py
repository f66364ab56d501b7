"""The command line: arguments to settings, errors to an exit status."""

from __future__ import annotations

import argparse
import difflib
import errno
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypedDict, TypeVar

from bundler import __version__
from bundler.errors import BundleError, Diagnostic, Severity
from bundler.settings import (
    CHOICES,
    COMMAND_LINE,
    ENTRIES,
    OPTIMIZE_LEVELS,
    OPTIONS,
    Group,
    Option,
    ValueType,
)
from bundler.values import Given, convert, environment

# A command imports only what it needs: rich, modulegraph and cffi cost more than the rest of
# `bundle --version`. So imports of our own below stand in the functions that use them.
if TYPE_CHECKING:
    from bundler.building import Outcome
    from bundler.process import CommandError
    from bundler.report import Reporter
    from bundler.settings import Settings

FAILURE = 1  # the user's problem
WRONG_USAGE = 2  # as argparse
BUG = 70  # EX_SOFTWARE of sysexits.h

# Commands besides building, by the word that the command line begins with. Two are options as well.
INSPECT = "inspect"
VERIFY = "verify"
PLAN = "plan"
WHY = "why"
TRACE = "trace"
CACHE = "cache"
DOCTOR = "doctor"
MIGRATE = "migrate"
COMPLETION = "completion"

_USAGE = """bundle [OPTIONS] TARGET
       bundle [OPTIONS] -m MODULE
       bundle [OPTIONS] --script NAME
       bundle [OPTIONS] [--program NAME]
       bundle plan [OPTIONS] TARGET [--json]
       bundle why MODULE [OPTIONS] TARGET [--json]
       bundle trace ARGS [OPTIONS] TARGET
       bundle inspect FILE [--json | --sbom]
       bundle verify FILE [--against MANIFEST] [--json]
       bundle cache [dir|prune|clean] [OPTIONS]
       bundle doctor [--json]
       bundle migrate [--execute] FILE | COMMAND
       bundle completion bash|zsh|fish"""

_COMMAND_USAGES = {
    PLAN: "bundle plan [OPTIONS] TARGET [--json]",
    WHY: "bundle why MODULE [OPTIONS] TARGET [--json]",
    TRACE: "bundle trace ARGS [OPTIONS] TARGET",
}
_DESCRIPTIONS = {
    "": "Turn a Python program into one native executable that starts faster than Python itself.",
    PLAN: "Build nothing, but print what the binary would hold: modules, libraries, data files, and their sizes.",
    WHY: "Build nothing, but print the imports that lead to a module.",
    TRACE: "Run the program once with these arguments (one word, quoted as in a shell), record in [tool.bundle] what only "
    "that shows, and build.",
}
_WORDS = {WHY: "MODULE", TRACE: "ARGS"}  # what follows the command, before options

_EPILOG = """examples:
  bundle app.py                   write dist/app
  bundle                          all programs that pyproject.toml declares
  bundle -m http.server -o serve  the module as `python -m http.server` runs it
  bundle --script black           an installed command
  bundle plan app.py              what would be in it
  bundle why email app.py         which imports bring the module email
  bundle inspect dist/app         what is in it
  bundle verify dist/app          whether it is as it was built
  bundle doctor                   what this machine lacks
  bundle migrate app.spec         [tool.bundle] for what PyInstaller builds from it

Every option can also stand in pyproject.toml, under [tool.bundle], by its long name: hidden-import = ["package.module"].
Options given here win; those that may be given several times are added to the file's.
To bundle a file that is called like a command, such as `plan`, write `./plan`."""

_HELP_HINT = "`bundle --help` shows how it is used"


class UsageError(Exception):
    """The command line makes no sense."""

    def __init__(self, message: str, hint: str = _HELP_HINT, notes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.hint = hint
        self.notes = notes


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
        if arguments and arguments[0] in _OTHER_COMMANDS:
            return _OTHER_COMMANDS[arguments[0]].execute(arguments[1:])
        given = read_arguments(arguments)
        programs = read_programs(given, environment())
        settings = programs[0]
        for run in given.traces:
            _trace(_only(programs), run)
            programs = read_programs(given, environment())
        if given.why is not None:
            _why(_only(programs), given.why, as_json=given.as_json)
        elif given.plan:
            _plan(_only(programs), as_json=given.as_json)
        else:
            return _build(programs, as_json=given.as_json)
    except UsageError as error:
        _reporter().diagnostic(Diagnostic(Severity.ERROR, "usage", str(error), notes=error.notes, hint=error.hint))
        return WRONG_USAGE
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001  # the last place that can report it
        return _tell(error, settings, _reporter())[1]
    return 0


def _end_by_interrupt() -> int:
    """End as a program without a handler does, so that a shell script around us stops as well."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGINT)
    return 128 + signal.SIGINT


# --- Commands ---------------------------------------------------------------------------------------------------------


def _build(programs: Sequence[Settings], *, as_json: bool) -> int:
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
        problem, status = _tell(error, settings, report)
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


def _trace(settings: Settings, arguments: str) -> None:
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


def _why(settings: Settings, module: str, *, as_json: bool) -> None:
    from bundler import reasons
    from bundler.pipeline import why
    from bundler.report import Reporter, print_data
    from bundler.schema import to_json

    steps = why(settings, module, Reporter(quiet=settings.quiet, verbose=settings.verbose))
    print_data(to_json(reasons.document(module, steps)) if as_json else reasons.text(module, steps))
    sys.stdout.flush()


def _plan(settings: Settings, *, as_json: bool) -> None:
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


def _inspect(arguments: list[str]) -> int:
    given = _parse(_inspect_parser(), arguments, _OfInspect())
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
    given = _parse(_verify_parser(), arguments, _OfVerify())
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
    given = _parse(_cache_parser(), arguments, _OfCache())
    misplaced = next((name for name in ("size", "unused") if getattr(given, name) is not None), None)
    if misplaced is not None and given.what != "prune":
        raise UsageError(f"`--{misplaced}` belongs to `bundle cache prune`")
    from bundler import cache_page
    from bundler.cache import Cache
    from bundler.cache_limit import entries, keep_limit, remove_all, remove_unused
    from bundler.report import count_text, print_data, print_page, size_text
    from bundler.schema import to_json
    from bundler.values import seconds_of, size_of

    try:
        size = size_of(given.size) if given.size is not None else None
        unused = seconds_of(given.unused) if given.unused is not None else None
    except ValueError as error:
        raise UsageError(str(error)) from error
    settings = _machine_settings(given)
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
            _reporter().line(f"{cache.root}: removed {count_text(count, 'item')}, {size_text(total)}")
        case _:
            every = entries(cache)
            if given.json:
                print_data(to_json(cache_page.document(cache, every, settings.cache_limit)))
            else:
                print_page(cache_page.title(cache, every, settings.cache_limit), cache_page.page(every))
    sys.stdout.flush()
    return 0


def _doctor(arguments: list[str]) -> int:
    given = _parse(_doctor_parser(), arguments, _OfDoctor())
    from bundler import doctor
    from bundler.cache import Cache
    from bundler.report import print_data, print_page
    from bundler.schema import to_json

    settings = _machine_settings(given)
    _reporter().findings(settings.findings)
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
    given = _parse(_migrate_parser(), arguments, _OfMigrate())
    if not given.words:
        raise UsageError("a file or a command line is missing", "`bundle migrate app.spec`")
    from bundler.migration import migrate, page
    from bundler.report import print_data

    print_data(page(migrate(given.words, _machine_settings(given).python, execute=given.execute)).rstrip("\n"))
    sys.stdout.flush()
    return 0


def _completion(arguments: list[str]) -> int:
    given = _parse(_completion_parser(), arguments, _OfCompletion())
    from bundler.completion import script
    from bundler.report import print_data

    print_data(script(given.shell, parsers()).rstrip("\n"))
    sys.stdout.flush()
    return 0


def _machine_settings(given: argparse.Namespace) -> Settings:
    """Settings that belong to no program: those of the machine, and of the project around the current folder."""
    from bundler.project import read_project
    from bundler.values import Around, combine

    project = read_project(None, Path())
    around = Around(folder=project.folder, manager=project.manager)
    return combine(_flags(_options(given)), (project.common,), around, environment())


# --- Arguments --------------------------------------------------------------------------------------------------------


RawValue = str | bool | list[str]
"""The value of an option as the command line has it."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """A command line of a build, or of a command that looks at one. `options`: those of a build, by the fields of Settings.

    `programs`: names of programs of the project, if not all are meant. `plan`, `why` (a module), `traces` (arguments of runs):
    the commands that are given.
    """

    options: Mapping[str, RawValue]
    programs: tuple[str, ...] = ()
    as_json: bool = False
    plan: bool = False
    why: str | None = None
    traces: tuple[str, ...] = ()


class _OfCommands(argparse.Namespace):
    """The parsed requests of commands. Options of a build become attributes as well, if they are given."""

    program: list[str] | None = None
    json = False
    why: str | None = None
    trace: list[str] | None = None


class _OfInspect(argparse.Namespace):
    file: Path
    json = False
    sbom = False


class _OfVerify(argparse.Namespace):
    file: Path
    against: Path | None = None
    json = False


class _OfCache(argparse.Namespace):
    what: str | None
    size: str | None = None
    unused: str | None = None
    json = False


class _OfDoctor(argparse.Namespace):
    json = False


class _OfMigrate(argparse.Namespace):
    words: list[str]
    execute = False


class _OfCompletion(argparse.Namespace):
    shell: str


_Parsed = TypeVar("_Parsed", bound=argparse.Namespace)


def _options(parsed: argparse.Namespace) -> dict[str, RawValue]:
    """Options of a build, by the fields of Settings, if they are given."""
    return {field: value for field, value in vars(parsed).items() if field in COMMAND_LINE}


class _Details(TypedDict, total=False):
    """Arguments of `add_argument`."""

    dest: str
    nargs: str
    metavar: str | None
    action: str | type[argparse.Action]
    choices: Iterable[str]


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, f"`{self.prog} --help` shows how it is used")


def _command_parser(command: str, description: str) -> argparse.ArgumentParser:
    return _Parser(
        prog=f"bundle {command}",
        description=description,
        epilog=f"To bundle a file called `{command}`, write `bundle ./{command}`.",
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )


def _add_option(parser_: argparse.ArgumentParser, field: str) -> None:
    """Add an option of builds."""
    option = COMMAND_LINE[field]
    parser_.add_argument(*_names(field, option), help=_help(option), **_details(field, option))


def _add_json(parser_: argparse._ActionsContainer) -> None:
    parser_.add_argument("--json", action="store_true", help="one JSON object, described in docs/cli.md")


def _inspect_parser() -> argparse.ArgumentParser:
    made = _binary_parser(INSPECT, "Show what a binary holds and what it needs of the system.")
    either = made.add_mutually_exclusive_group()
    _add_json(either)
    either.add_argument(
        "--sbom", action="store_true", help="the bill of materials of a binary that was built with `--sbom`"
    )
    return made


def _verify_parser() -> argparse.ArgumentParser:
    made = _binary_parser(
        VERIFY, "Check that a binary is what it was when it was built; docs/security.md says what that proves."
    )
    made.add_argument(
        "--against",
        metavar="MANIFEST",
        type=Path,
        help="a file with what `bundle inspect FILE --json` printed of the binary when it was built, instead of the digests that "
        "it holds itself",
    )
    _add_json(made)
    return made


def _binary_parser(command: str, description: str) -> argparse.ArgumentParser:
    """The parser of a command that takes a finished binary."""
    made = _command_parser(command, description)
    made.add_argument("file", metavar="FILE", help="a binary that bundle wrote", type=Path)
    return made


def _cache_parser() -> argparse.ArgumentParser:
    made = _command_parser(CACHE, "Show what the cache of compiled modules holds, or remove some of it.")
    made.add_argument(
        "what",
        nargs="?",
        default=None,
        choices=("dir", "prune", "clean"),
        metavar="WHAT",
        help="`dir`: print the folder; `prune`: remove what exceeds the limit, or what `--unused` says; `clean`: remove all",
    )
    made.add_argument(
        "--size", metavar="SIZE", help="with `prune`: the size to reduce it to (`500M`), in place of the limit"
    )
    made.add_argument(
        "--unused", metavar="TIME", help="with `prune`: remove what no build has used for so long (`30d`, `12h`, `10m`)"
    )
    _add_option(made, "cache_dir")
    _add_json(made)
    return made


def _doctor_parser() -> argparse.ArgumentParser:
    made = _command_parser(DOCTOR, "Examine this machine: which Pythons can be embedded, and what the others lack.")
    _add_option(made, "python")
    _add_option(made, "cache_dir")
    _add_json(made)
    return made


def _migrate_parser() -> argparse.ArgumentParser:
    made = _command_parser(
        MIGRATE,
        "Print [tool.bundle] for a program that another tool builds, with notes about what has no counterpart: from a spec "
        "file of PyInstaller, a setup script or [tool.cxfreeze] of cx_Freeze, options of Nuitka in a script or in "
        "[tool.nuitka], or a command line of one of these, of pex or of shiv.",
    )
    made.add_argument("--execute", action="store_true", help="run a spec file or setup script, in place of reading it")
    _add_option(made, "python")
    made.add_argument(
        "words",
        nargs=argparse.REMAINDER,
        metavar="FILE | COMMAND",
        help="app.spec, setup.py, pyproject.toml, or a command line such as `pyinstaller --onefile app.py`",
    )
    return made


def _completion_parser() -> argparse.ArgumentParser:
    made = _command_parser(COMPLETION, "Print a script that completes command lines of `bundle` in a shell.")
    made.add_argument("shell", choices=("bash", "zsh", "fish"), metavar="SHELL", help="bash, zsh or fish")
    return made


def parser(command: str = "") -> argparse.ArgumentParser:
    """The parser of `bundle`, or of one of its commands behind its words; made from the table of options."""
    made = _Parser(
        prog=f"bundle {command}".rstrip(),
        usage=_COMMAND_USAGES.get(command, _USAGE),
        description=_DESCRIPTIONS[command],
        epilog=None if command else _EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    groups = {group: made.add_argument_group(group.value) for group in Group}
    for field, option in COMMAND_LINE.items():
        groups[option.group].add_argument(*_names(field, option), help=_help(option), **_details(field, option))
    made.add_argument(
        "--program",
        action="append",
        metavar="NAME",
        help="a program that pyproject.toml declares, if not all of them (repeatable)",
    )
    if command in ("", PLAN, WHY):
        _add_json(made)
    if not command:
        made.add_argument("--why", dest=WHY, metavar="MODULE", help="as `bundle why MODULE`")
        made.add_argument(
            "--trace",
            dest=TRACE,
            action="append",
            metavar="ARGS",
            help="as `bundle trace ARGS` (repeatable)",
        )
        made.add_argument("--version", action="version", version=f"bundle {__version__}")
    return made


def read_arguments(arguments: Sequence[str]) -> Arguments:
    """The options and commands on a command line; SystemExit after `--help` and `--version`."""
    command = arguments[0] if arguments and arguments[0] in _COMMAND_USAGES else ""
    rest = [*arguments[1:]] if command else [*arguments]
    if command in _WORDS and not rest:
        raise UsageError(f"{_WORDS[command]} is missing", f"`{_COMMAND_USAGES[command]}`")
    word = rest.pop(0) if command in _WORDS and rest[0] not in ("-h", "--help") else ""
    parsed = _parse(parser(command), list(_with_arguments(rest)), _OfCommands())
    return Arguments(
        _options(parsed),
        programs=tuple(parsed.program or ()),
        as_json=parsed.json,
        plan=command == PLAN,
        why=word if command == WHY else parsed.why,
        traces=(word,) if command == TRACE else tuple(parsed.trace or ()),
    )


def _with_arguments(words: Sequence[str]) -> Iterator[str]:
    """Words in which options that take arguments of a program have them in one word with themselves.

    argparse would take `--version` behind such an option for one of ours.
    """
    options = {f"--{TRACE}", *(each.spelling for each in OPTIONS.values() if each.kind is ValueType.ARGUMENTS)}
    rest = iter(words)
    for word in rest:
        value = next(rest, None) if word in options else None
        yield word if value is None else f"{word}={value}"


def _names(field: str, option: Option) -> tuple[str, ...]:
    if option.kind is ValueType.TARGET:
        return (field,)
    return (option.short, f"--{option.name}") if option.short else (f"--{option.name}",)


def _details(field: str, option: Option) -> _Details:
    match option.kind:
        case ValueType.TARGET:
            return {"nargs": "?", "metavar": option.metavar}
        case ValueType.SWITCH:
            return {"dest": field, "action": argparse.BooleanOptionalAction}
        case ValueType.LEVEL:
            return {"dest": field, "choices": tuple(map(str, OPTIMIZE_LEVELS)), "metavar": option.metavar}
        case ValueType.EXTENT | ValueType.LINKAGE | ValueType.SNAPSHOT:
            return {"dest": field, "choices": CHOICES[option.kind], "metavar": option.metavar}
        case ValueType.ARCHIVES:
            return {"dest": field, "action": "append", "choices": CHOICES[option.kind], "metavar": option.metavar}
        case ValueType.TEXTS | ValueType.FUNCTIONS | ValueType.PATHS | ValueType.DATA:
            return {"dest": field, "action": "append", "metavar": option.metavar}
        case (
            ValueType.TEXT
            | ValueType.PATH
            | ValueType.PYTHON
            | ValueType.VERSION
            | ValueType.FLOOR
            | ValueType.ARGUMENTS
        ):
            return {"dest": field, "metavar": option.metavar}


def _help(option: Option) -> str:
    return option.help + (" (repeatable)" if option.kind.is_list else "")


def _parse(parser_: argparse.ArgumentParser, arguments: list[str], into: _Parsed) -> _Parsed:
    """The parsed arguments, as attributes of `into`; UsageError when there is one too many."""
    known, extra = parser_.parse_known_args(arguments, into)
    unknown = dict.fromkeys(
        word.partition("=")[0] for word in extra if word.startswith("-") and word not in ("-", "--")
    )
    if unknown:
        raise _unknown_options(tuple(unknown), parser_)
    if extra:
        raise UsageError(f"`{extra[0]}` is one argument too many", f"`{parser_.prog} --help` shows how it is used")
    return known


def _unknown_options(names: tuple[str, ...], parser_: argparse.ArgumentParser) -> UsageError:
    """An error with what to write instead: the answer to an option of another tool, or the nearest option of ours."""
    from bundler.other_tools import answer_to

    every = parser_._option_string_actions  # noqa: SLF001  # argparse has no other list of them
    help_hint = f"`{parser_.prog} --help` lists the options"
    nearest = {name: difflib.get_close_matches(name, every, 1) for name in names}
    if len(names) == 1:
        (name,) = names
        near_hint = f"did you mean `{nearest[name][0]}`?" if nearest[name] else help_hint
        return UsageError(f"there is no option `{name}`", answer_to(name) or near_hint)
    listed = ", ".join(f"`{name}`" for name in names)
    answers = (
        answer_to(name) or (f"in place of `{name}`: `{near[0]}`?" if near else "") for name, near in nearest.items()
    )
    return UsageError(f"there are no options {listed}", help_hint, tuple(filter(None, answers)))


def read_settings(given: Arguments, variables: Mapping[str, str]) -> Settings:
    """The settings of the one program that arguments, the project's file and the environment mean."""
    return _only(read_programs(given, variables))


def read_programs(given: Arguments, variables: Mapping[str, str]) -> tuple[Settings, ...]:
    """The settings of each binary that arguments and the project's file mean, of at least one; UsageError if there is none."""
    flags = _flags(given.options)
    both = flags.conflict()
    if both:
        raise UsageError(f"{' and '.join(f'`{option.spelling}`' for option in both)} exclude each other")
    entry = next((OPTIONS[field] for field in ENTRIES if flags.values.get(field)), None)
    if entry is not None and given.programs:
        raise UsageError(f"`{entry.spelling}` and `--program` exclude each other")
    from bundler.project import FILES, choose, read_project

    programs = choose(flags, given.programs, read_project(flags.values.get("target"), Path()), variables)
    if not programs:
        raise UsageError(
            "nothing to bundle is named",
            "name a script, such as `bundle app.py`, or declare programs in pyproject.toml, in `[project.scripts]` or "
            "`[[tool.bundle.program]]`; `bundle --help` shows the rest",
        )
    for option in (OPTIONS[field] for field in FILES if field in flags.values):
        if len(programs) > 1:
            raise UsageError(
                f"`{option.spelling}` is one file, but the project has {len(programs)} programs",
                f"name one of them with `--program NAME`, or give each its `{option.name}` in pyproject.toml",
            )
    return programs


def _only(programs: Sequence[Settings]) -> Settings:
    """The program that is meant; UsageError when there are several."""
    if len(programs) > 1:
        names = ", ".join(f"`{each.name or each.subject}`" for each in programs)
        raise UsageError(f"the project has several programs: {names}", "name one of them with `--program NAME`")
    return programs[0]


def _flags(raw: Mapping[str, RawValue]) -> Given:
    values = {}
    for field, value in raw.items():
        try:
            values[field] = convert(OPTIONS[field].kind, value, Path())
        except ValueError as error:
            raise UsageError(f"`{OPTIONS[field].spelling}`: {error}") from error
    return Given(values)


@dataclass(frozen=True, slots=True)
class _Command:
    """A command whose arguments are none of a build."""

    parser: Callable[[], argparse.ArgumentParser]
    execute: Callable[[list[str]], int]


_OTHER_COMMANDS: Mapping[str, _Command] = {
    INSPECT: _Command(_inspect_parser, _inspect),
    VERIFY: _Command(_verify_parser, _verify),
    CACHE: _Command(_cache_parser, _cache),
    DOCTOR: _Command(_doctor_parser, _doctor),
    MIGRATE: _Command(_migrate_parser, _migrate),
    COMPLETION: _Command(_completion_parser, _completion),
}


def parsers() -> Mapping[str, argparse.ArgumentParser]:
    """The parser of each command by its word; that of a build by ""."""
    builds = {command: parser(command) for command in ("", *_COMMAND_USAGES)}
    return builds | {name: command.parser() for name, command in _OTHER_COMMANDS.items()}


# --- Errors -----------------------------------------------------------------------------------------------------------

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_TEXTS = tuple(os.strerror(number) for number in _FULL)


def _reporter() -> Reporter:
    from bundler.report import Reporter

    return Reporter()


def _tell(error: Exception, settings: Settings | None, report: Reporter) -> tuple[Diagnostic, int]:
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
