"""Builds one binary that holds many static code objects and compares them with fresh ones (`comparator.py`)."""

from __future__ import annotations

import json
import pickle
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bundler import link
from bundler.analyze import analyze
from bundler.analyze.graph import SourceModule
from bundler.cache import Cache, digest
from bundler.freeze import FrozenImage, FrozenModule, freeze
from bundler.freeze import compile as freezing
from bundler.freeze.pool import pool_lines
from bundler.freeze.worker import ctext
from bundler.report import Reporter
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.toolchain import Toolchain
from bundler.workshop import Workshop

HERE = Path(__file__).parent
FREEZER = Path(freezing.__file__).parent

# Modules are frozen a second time under names below this one: copies that no import runs, so that their bytecode is
# still as it was compiled.
CHECKED = "checked."


@dataclass(frozen=True)
class Result:
    """What the comparator found."""

    differences: tuple[str, ...]
    compared: Mapping[str, int]  # objects, by the name of their type
    changes: int  # of the first module, made to see whether they are found
    unnoticed: tuple[str, ...]


@dataclass(frozen=True)
class Bench:
    """A target, what builds for it, and a folder for a build."""

    target: TargetPython
    toolchain: Toolchain
    cache: Cache
    folder: Path

    def compare(self, modules: Sequence[Path], constants: Sequence[list[Any]] = ()) -> Result:
        """Freeze source files, and modules made of constants, and compare them in a binary."""
        checked = [self._module(path) for path in modules]
        names = [f"{CHECKED}constants{index}" for index in range(len(constants))]
        pickles = [self.folder / f"{name}.pickle" for name in names]
        for path, values in zip(pickles, constants, strict=True):
            path.write_bytes(pickle.dumps(values))
        facts = self._emit(checked, list(zip(names, pickles, strict=True)))
        binary = self._link(checked, dict(zip(names, facts, strict=True)))
        (self.folder / "layout.json").write_text(json.dumps(freezing._as_json(self.target.layout)))
        done = subprocess.run(
            [binary, self.folder / "layout.json", self._cases], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        return Result(tuple(found["differences"]), found["compared"], found["changes"], tuple(found["unnoticed"]))

    @property
    def _workshop(self) -> Workshop:
        return Workshop(self.toolchain, self.cache, Reporter(quiet=True))

    @property
    def _cases(self) -> Path:
        return self.folder / "cases.marshal"

    def _module(self, path: Path) -> SourceModule:
        below = path.relative_to(self.target.stdlib) if path.is_relative_to(self.target.stdlib) else Path(path.name)
        name = CHECKED + ".".join(below.with_suffix("").parts)
        return SourceModule(name, path, f"/checked/{below}", is_package=False)

    def _emit(self, checked: Sequence[SourceModule], constants: Sequence[tuple[str, Path]]) -> list[dict[str, Any]]:
        request = {
            "layout": freezing._as_json(self.target.layout),
            "modules": [[module.name, str(module.path), module.filename] for module in checked],
            "constants": [[name, str(path), str(path.with_suffix(".c"))] for name, path in constants],
            "cases": str(self._cases),
        }
        file = self.folder / "request.json"
        file.write_text(json.dumps(request))
        command: list[str | Path] = [
            self.target.executable,
            "-X",
            "utf8",
            "-W",
            "ignore",
            "-IS",
            HERE / "emit.py",
            FREEZER,
            file,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        facts: list[dict[str, Any]] = json.loads(done.stdout)
        return facts

    def _link(self, checked: Sequence[SourceModule], constants: Mapping[str, Mapping[str, Any]]) -> Path:
        settings = Settings(
            target=str(HERE / "comparator.py"),
            python=self.target.executable,
            output=self.folder / "comparator",
            cache_dir=self.cache.root,
        )
        graph = analyze(self.target, settings, self.cache)
        graph = replace(graph, modules={**graph.modules, **{module.name: module for module in checked}})
        image = freeze(graph, self.target, settings, self._workshop)
        image = self._with_constants(image, constants, settings)
        return link.execute(link.plan(image, self.target, self.toolchain, settings), self.cache)

    def _with_constants(
        self, image: FrozenImage, constants: Mapping[str, Mapping[str, Any]], settings: Settings
    ) -> FrozenImage:
        freezer = freezing._prepare(self.target, settings, self._workshop)
        modules = [self._constants(freezer, name, facts) for name, facts in constants.items()]
        texts = sorted({text for facts in constants.values() for text in facts["pooled"]})
        if texts:
            # Weak: the build's own pool may hold the same strings, and wins.
            lines = [
                line.replace("IN_STRING", "__attribute__((weak)) IN_STRING") for line in pool_lines(texts, "frozen.h")
            ]
            source = self.folder / "pool.c"
            source.write_text("\n".join((*lines, "")))
            freezer.compile(source, source.with_suffix(".o"))
            modules[0] = replace(modules[0], object_file=self._together(modules[0].object_file, source))
        return replace(image, modules=(*image.modules, *modules))

    def _constants(self, freezer: Any, name: str, facts: Mapping[str, Any]) -> FrozenModule:
        text = self.folder / f"{name}.c"
        output: Path = self.cache.path("test-constants", digest(freezer.identity, text.read_bytes()), ".o")
        if not output.is_file():
            freezer.compile(text, output)
        return FrozenModule(name, output, ctext.module_symbol(name), ctext.version_symbol(name), facts["codes"])

    def _together(self, first: Path, pool: Path) -> Path:
        """Two object files as one: the pool has no module of its own."""
        output = self.folder / "together.o"
        subprocess.run(["ld", "-r", first, pool.with_suffix(".o"), "-o", output], check=True)
        return output
