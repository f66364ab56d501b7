"""What tests get as `pyi_builder`: builds a program with `bundle`, and runs it."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.pyinstaller.adapter import spec
from tests.pyinstaller.adapter.layers import make_layer
from tests.pyinstaller.adapter.recipe import NoCounterpartError, Recipe, bundle_arguments, read_command_line

_RUN_SECONDS = 180


class Builder:
    """Builds one program after the other below a folder, for one of the tests in the folder `tests`.

    Names that begin with an underscore are those that tests use.
    """

    def __init__(self, bundle: Path, tests: Path, folder: Path, test: str) -> None:
        self.script = ""
        self._bundle = bundle
        self._tests = tests
        self._test = test
        self._search_path = tuple(sys.path)  # before the test, which may add what the program is to find
        self._tmp_path = folder
        self._dist_dir = folder / "dist"
        self._build_dir = folder / "build"

    # --- What tests call ---

    def test_source(self, source: str, *args: object, test_id: str | None = None, **kwargs: object) -> None:
        """Build and run a program that is given as text, under a name that tests look for, with `test_id` behind it."""
        name = "__".join(each for each in ("test_source", test_id) if each)
        script = self._tmp_path / f"{name.replace('.', '_')}.py"
        script.write_text(textwrap.dedent(source), encoding="utf-8")
        self.test_script(script, *args, **kwargs)  # type: ignore[arg-type]

    def test_script(
        self,
        script: str | Path,
        pyi_args: Sequence[str] | None = None,
        app_name: str | None = None,
        app_args: Sequence[str] | None = None,
        run_from_path: bool = False,
        retcode: int = 0,
    ) -> None:
        """Build and run a script: a path, or a name in the folder of the tests' scripts."""
        path = self._tests / "scripts" / script
        self.script = str(path)
        try:
            given = read_command_line(pyi_args or ())
        except NoCounterpartError as error:
            pytest.fail(f"bundle has no counterpart of {error}")
        name = app_name or given.name or path.stem
        with self._building(path.parent):
            arguments = dict(given.analysis)
            # Its folder of modules is on the search path in every test.
            arguments["pathex"] = [str(self._tests / "modules"), *arguments["pathex"]]  # type: ignore[misc]
            analysis = spec.Analysis([str(path)], **arguments)  # type: ignore[arg-type]
            options = [(option, "", "OPTION") for option in given.interpreter_options]
            spec.EXE(
                spec.PYZ(analysis.pure), analysis.scripts, options, name=name, package_options=given.package_options
            )
        self._test_executables(name, app_args or (), run_from_path=run_from_path, retcode=retcode)

    def test_spec(
        self,
        specfile: str | Path,
        pyi_args: Sequence[str] = (),
        app_name: str | None = None,
        app_args: Sequence[str] = (),
    ) -> None:
        """Build what a spec file says, and run it. Arguments behind `--` are those of the spec file."""
        path = self._tests / "specs" / specfile
        own = list(pyi_args)[list(pyi_args).index("--") + 1 :] if "--" in pyi_args else []
        before = sys.argv
        sys.argv = [str(path), *own]
        try:
            with self._building(path.parent):
                spec.run_spec(path, os=os)
        finally:
            sys.argv = before
        self._test_executables(app_name or path.stem, app_args, run_from_path=False, retcode=0)

    def _find_executables(self, name: str) -> list[str]:
        """The executables of this name, or of this name and one letter: in the folder of results or one below it."""
        found = [
            path
            for folder in (self._dist_dir / name, self._dist_dir)
            for pattern in (name, f"{name}_?")
            for path in sorted(folder.glob(pattern))
        ]
        return [str(path) for path in found if path.is_file()]

    def _run_executable(self, program: str, arguments: Sequence[str], run_from_path: bool) -> int:
        """Run a program with an empty PATH, from its own folder or by PATH; its status."""
        path = Path(program)
        environment = {name: value for name, value in os.environ.items() if name != "PATH"}
        if run_from_path:
            environment["PATH"] = f":{path.parent}"
            command, folder = path.name, self._tmp_path
        else:
            command, folder = f"./{path.name}", path.parent
        done = subprocess.run(
            [command, *arguments],
            executable=path,
            env=environment,
            cwd=folder,
            timeout=_RUN_SECONDS,
            check=False,
        )
        return done.returncode

    # --- How ---

    @contextmanager
    def _building(self, spec_folder: Path) -> Iterator[None]:
        token = spec.WORK.set(spec.Work(spec_folder, self._dist_dir, self._build_dir, self._make))
        try:
            yield
        except NoCounterpartError as error:
            pytest.fail(f"bundle has no counterpart of {error}")
        finally:
            spec.WORK.reset(token)

    def _test_executables(self, name: str, arguments: Sequence[str], *, run_from_path: bool, retcode: int) -> None:
        programs = self._find_executables(name)
        assert programs, "no executable was written"
        for program in programs:
            for expected in {self._test, Path(program).stem}:
                self._check_contents(program, self._tests / "logs" / f"{expected}.toc")
            status = self._run_executable(program, arguments, run_from_path)
            # The words are those that a test looks for.
            if status != retcode:
                pytest.fail(f"Running exe {program} failed with return-code {status}.")

    def _check_contents(self, program: str, expected: Path) -> None:
        """Fail if a binary lacks what a file of patterns names, if there is one: modules and files."""
        if not expected.exists():
            return
        done = subprocess.run([self._bundle, "inspect", program, "--json"], capture_output=True, text=True, check=True)
        names = [Path(program).stem, *_names(json.loads(done.stdout))]
        patterns = ast.literal_eval(expected.read_text(encoding="utf-8"))
        # One with a colon is of a file that another program has; each of ours is whole.
        missing = [each for each in patterns if ":" not in each and not any(re.match(each, name) for name in names)]
        assert not missing, f"{program} lacks {missing}"

    def _added_folders(self) -> list[Path]:
        """What the test has added to its own search path."""
        return [Path(folder) for folder in sys.path if folder and folder not in self._search_path]

    def _make(self, recipe: Recipe, output: Path) -> None:
        """Write an executable."""
        work = Path(tempfile.mkdtemp(prefix="layer-", dir=self._tmp_path))
        python = make_layer(work / "environment", [*self._added_folders(), *recipe.search_path])
        if recipe.collection_modes:
            (work / "hooks").mkdir()
            for module, mode in recipe.collection_modes.items():
                (work / "hooks" / f"hook-{module}.py").write_text(f"module_collection_mode = {mode!r}\n")
        folders = ["--additional-hooks-dir", str(work / "hooks")] if recipe.collection_modes else []
        done = subprocess.run(
            [self._bundle, *bundle_arguments(recipe), *folders, "--python", python, "-o", output],
            env={**os.environ, **_library_folders()},
            capture_output=True,
            text=True,
            check=False,
        )
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        shutil.rmtree(work)
        if done.returncode:
            first = next((line for line in done.stderr.splitlines() if line.startswith("error")), done.stderr)
            pytest.fail(f"{recipe.script.name} is not built: {first}")


def _names(inspected: Mapping[str, Any]) -> Iterator[str]:
    """The modules and files that `bundle inspect` tells of."""
    for modules in inspected["modules"].values():
        yield from modules
    yield "python"  # patterns for libpython
    for kind in ("libraries", "carried", "data_files"):
        yield from (str(file["path"] if isinstance(file, dict) else file) for file in inspected[kind])


def _library_folders() -> dict[str, str]:
    """Where a test wants shared libraries to be looked for: it has changed a function of PyInstaller that knows the folders."""
    from PyInstaller import config
    from PyInstaller.depend import utils

    before = config.CONF.get("pathex")
    config.CONF["pathex"] = []
    try:
        utils._resolveCtypesImports([])
        folders = [*config.CONF["pathex"], os.environ.get("LD_LIBRARY_PATH", "")]
    finally:
        config.CONF["pathex"] = before
    return {"LD_LIBRARY_PATH": ":".join(filter(None, folders))} if any(folders) else {}
