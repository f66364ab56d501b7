"""What a build was asked for, and the command line of `bundle` that asks for the same."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


class NoCounterpartError(Exception):
    """Something is asked for that `bundle` has no option for."""


@dataclass(frozen=True)
class Recipe:
    """A program, and what is to be carried with it."""

    script: Path
    before: tuple[Path, ...] = ()  # scripts that run before it
    search_path: tuple[Path, ...] = ()
    added_files: tuple[tuple[str, str], ...] = ()  # source, folder in the binary
    hidden_imports: tuple[str, ...] = ()
    excluded_modules: tuple[str, ...] = ()
    hook_folders: tuple[Path, ...] = ()
    hook_config: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    collection_modes: Mapping[str, str] = field(default_factory=dict)  # by module, as hooks set them
    package_options: tuple[str, ...] = ()  # `--collect-...`, `--copy-metadata`: they are called the same
    warnings: tuple[str, ...] = ()
    x_options: tuple[str, ...] = ()
    optimize: int = 0


def bundle_arguments(recipe: Recipe) -> Iterator[str]:
    """The options of `bundle` for a recipe, without those for the environment, the search path and the output."""
    yield str(recipe.script)
    yield from (f"--runtime-hook={path}" for path in recipe.before)
    yield from (f"--add-data={source}:{folder}" for source, folder in recipe.added_files)
    yield from (f"--hidden-import={name}" for name in recipe.hidden_imports)
    yield from (f"--exclude-module={name}" for name in recipe.excluded_modules)
    yield from (f"--additional-hooks-dir={path}" for path in recipe.hook_folders)
    for module, values in recipe.hook_config.items():
        yield from (f"--hook-config={module}:{key}={json.dumps(value)}" for key, value in values.items())
    yield from recipe.package_options
    yield from (f"--warning={each}" for each in recipe.warnings)
    yield from (f"--x-option={each}" for each in recipe.x_options)
    yield f"--optimize={recipe.optimize}"


# Options that mean nothing where one file is the result and no second process starts (docs/coming-from-pyinstaller.md).
_WITHOUT_MEANING = (
    "--onefile",
    "--onedir",
    "--windowed",
    "--noupx",
    "--noconfirm",
    "--strip",
    "--clean",
    "--bootloader-ignore-signals",
)
_VALUE_WITHOUT_MEANING = ("--debug", "--contents-directory", "--runtime-tmpdir", "--log-level", "--upx-dir")

_SAME = ("--collect-all", "--collect-submodules", "--collect-data", "--collect-binaries", "--copy-metadata")


@dataclass(frozen=True)
class CommandLine:
    """PyInstaller's command line, read."""

    name: str
    analysis: Mapping[str, object]  # the arguments of `Analysis` in the spec file that it stands for
    interpreter_options: tuple[str, ...]  # `W ignore`, `X utf8`, `O`
    package_options: tuple[str, ...]


def read_command_line(arguments: Sequence[str]) -> CommandLine:
    """Read options of PyInstaller, which may be abbreviated as argparse allows it; NoCounterpartError for other ones."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", "-n", default="")
    parser.add_argument("--paths", "-p", action="append", default=[])
    parser.add_argument("--add-data", action="append", default=[])
    parser.add_argument("--add-binary", action="append", default=[])
    parser.add_argument("--hidden-import", "--hiddenimport", dest="hidden", action="append", default=[])
    parser.add_argument("--exclude-module", action="append", default=[])
    parser.add_argument("--additional-hooks-dir", action="append", default=[])
    parser.add_argument("--runtime-hook", action="append", default=[])
    parser.add_argument("--python-option", action="append", default=[])
    parser.add_argument("--optimize", type=int, default=0)
    for option in _SAME:
        parser.add_argument(option, action="append", default=[])
    for option in _WITHOUT_MEANING:
        parser.add_argument(option, action="store_true")
    for option in _VALUE_WITHOUT_MEANING:
        parser.add_argument(option)
    given, others = parser.parse_known_args(arguments)
    if others:
        raise NoCounterpartError(" ".join(others))
    analysis = {
        "pathex": [folder for each in given.paths for folder in each.split(":")],
        "datas": [tuple(each.rsplit(":", 1)) for each in given.add_data],
        "binaries": [tuple(each.rsplit(":", 1)) for each in given.add_binary],
        "hiddenimports": given.hidden,
        "excludes": given.exclude_module,
        "hookspath": given.additional_hooks_dir,
        "runtime_hooks": given.runtime_hook,
        "optimize": given.optimize,
        "hooksconfig": {},
    }
    values = {option: getattr(given, option[2:].replace("-", "_")) for option in _SAME}
    return CommandLine(
        name=given.name,
        analysis=analysis,
        interpreter_options=tuple(given.python_option),
        package_options=tuple(f"{option}={value}" for option in _SAME for value in values[option]),
    )
