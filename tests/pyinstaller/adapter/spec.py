"""The names that a spec file uses: what they are called with becomes a recipe, and `EXE` builds it.

Tests put classes of their own in the place of `Analysis` and `EXE`, which add arguments and call these.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from tests.pyinstaller.adapter.recipe import NoCounterpartError, Recipe


@dataclass(frozen=True)
class Work:
    """The build that is under way."""

    spec_folder: Path  # where relative paths start
    dist: Path
    build: Path  # for executables that `COLLECT` will take
    make: Callable[[Recipe, Path], None]  # writes the executable


WORK: ContextVar[Work] = ContextVar("WORK")


class Part(list[tuple[str, ...]]):
    """One of the tables of an analysis. The spec file may add rows: name in the program, source, kind."""

    def __init__(self, analysis: Analysis) -> None:
        super().__init__()
        self.analysis = analysis


class Analysis:
    """The recipe of one program."""

    def __init__(
        self,
        scripts: Sequence[str],
        pathex: Iterable[str] | None = None,
        binaries: Iterable[tuple[str, str]] | None = None,
        datas: Iterable[tuple[str, str]] | None = None,
        hiddenimports: Iterable[str] | None = None,
        hookspath: Iterable[str] | None = None,
        hooksconfig: Mapping[str, Mapping[str, object]] | None = None,
        excludes: Iterable[str] | None = None,
        runtime_hooks: Iterable[str] | None = None,
        module_collection_mode: Mapping[str, str] | None = None,
        optimize: int = 0,
        **_unused: object,
    ) -> None:
        start = WORK.get().spec_folder
        *before, script = (start / each for each in scripts)
        self.recipe = Recipe(
            script=script,
            before=(*(start / each for each in runtime_hooks or ()), *before),
            search_path=tuple(start / each for each in pathex or ()),
            added_files=tuple((str(start / source), folder) for source, folder in (*(datas or ()), *(binaries or ()))),
            hidden_imports=tuple(hiddenimports or ()),
            excluded_modules=tuple(excludes or ()),
            hook_folders=tuple(start / each for each in hookspath or ()),
            hook_config=hooksconfig or {},
            collection_modes=module_collection_mode or {},
            optimize=optimize,
        )
        self.scripts, self.pure, self.binaries, self.datas, self.zipfiles, self.dependencies, self.zipped_data = (
            Part(self) for _ in range(7)
        )


class PYZ:
    """The modules of a program."""

    def __init__(self, *parts: object, **_unused: object) -> None:
        self.analysis = _analysis(parts)


class EXE:
    """An executable, written when this is made."""

    def __init__(
        self,
        *parts: object,
        name: str = "",
        exclude_binaries: bool = False,
        package_options: Sequence[str] = (),
        **_unused: object,
    ) -> None:
        work = WORK.get()
        recipe = _analysis(parts).recipe
        rows = [row for part in parts if isinstance(part, list | tuple) for row in part]
        self.path = (work.build if exclude_binaries else work.dist) / Path(name).name
        self.path.parent.mkdir(parents=True, exist_ok=True)
        work.make(replace(_with_rows(recipe, rows), package_options=tuple(package_options)), self.path)


class COLLECT:
    """A folder with executables."""

    def __init__(self, *parts: object, name: str = "", **_unused: object) -> None:
        self.path = WORK.get().dist / Path(name).name
        self.path.mkdir(parents=True, exist_ok=True)
        for part in parts:
            if isinstance(part, EXE):
                shutil.copy2(part.path, self.path)


def MERGE(*_programs: object) -> None:  # noqa: N802: the name is PyInstaller's
    """Programs that share files; here each is whole."""


def BUNDLE(*_parts: object, **_unused: object) -> None:  # noqa: N802: the name is PyInstaller's
    """An application folder of macOS."""


def _analysis(parts: Iterable[object]) -> Analysis:
    found = (part.analysis for part in parts if isinstance(part, Part | PYZ))
    analysis = next(found, None)
    assert analysis is not None, "none of the parts is of an analysis"
    return analysis


def _with_rows(recipe: Recipe, rows: Iterable[Sequence[str]]) -> Recipe:
    """With the files and the interpreter's options that rows of tables name."""
    for name, source, kind in rows:
        if kind in {"DATA", "BINARY"}:
            added = (source, str(PurePosixPath(name).parent))
            recipe = replace(recipe, added_files=(*recipe.added_files, added))
        elif kind == "OPTION":
            recipe = _with_option(recipe, name)
    return recipe


def _with_option(recipe: Recipe, option: str) -> Recipe:
    """With an option of the interpreter: `W ignore`, `X utf8`, `O`; `v` and `u` are for the environment."""
    match option.split(" ", 1):
        case ["W", value]:
            return replace(recipe, warnings=(*recipe.warnings, value))
        case ["X", value]:
            return replace(recipe, x_options=(*recipe.x_options, value))
        case ["O"]:
            return replace(recipe, optimize=recipe.optimize + 1)
        case ["u"]:
            return recipe
    message = f"the interpreter's option {option!r}"
    raise NoCounterpartError(message)


def run_spec(path: Path, **names: object) -> None:
    """Run a spec file."""
    code = compile(path.read_text(encoding="utf-8"), path, "exec")
    own = {name: globals()[name] for name in ("Analysis", "PYZ", "EXE", "COLLECT", "MERGE", "BUNDLE")}
    work = WORK.get()
    paths = {"SPECPATH": str(work.spec_folder), "DISTPATH": str(work.dist), "workpath": str(work.build)}
    exec(code, {"__file__": str(path), "SPEC": str(path), "specnm": path.stem, **own, **paths, **names})
