"""Freezes many modules, those of constants among them, and compares them with fresh ones by way of the self-check."""

from __future__ import annotations

import json
import marshal
import pickle
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bundler.analyze import analyze
from bundler.analyze.graph import APP, SourceModule
from bundler.cache import Cache, digest
from bundler.context import BuildContext
from bundler.freeze import FrozenImage, FrozenModule, freeze
from bundler.freeze import compiler as freezing
from bundler.freeze.frozen_header import layout_as_json
from bundler.freeze.pool import part_lines
from bundler.freeze.worker import ctext
from bundler.report import Reporter
from bundler.selfcheck import Case, Fresh, compare
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.toolchain import Toolchain

HERE = Path(__file__).parent
FREEZER = Path(freezing.__file__).parent

# Modules are frozen under names below this one: among the files are many that no program can import.
CHECKED = "checked."

# What `emit_worker.py` calls changes that are to be noticed.
CHANGED = "changed: "


@dataclass(frozen=True)
class Result:
    """What the comparison found."""

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
    root: Path | None = None  # of modules that are not of the standard library

    def compare(
        self, modules: Sequence[Path], constants: Sequence[list[Any]] = (), *, with_changes: bool = True
    ) -> Result:
        """Freeze source files, and modules made of constants, and compare them in a binary.

        `with_changes`: the first module is also compared with changed ones, to see whether that is noticed.
        """
        checked = [self._module(path) for path in modules]
        names = [f"{CHECKED}constants{index}" for index in range(len(constants))]
        pickles = [self.folder / f"{name}.pickle" for name in names]
        for path, values in zip(pickles, constants, strict=True):
            path.write_bytes(pickle.dumps(values))
        facts = self._emit(checked, list(zip(names, pickles, strict=True)), with_changes=with_changes)
        image = self._image(checked, dict(zip(names, facts, strict=True)))
        cases: list[Case] = marshal.loads(self._cases.read_bytes())
        found = compare(image, Fresh(cases), self.target, self._settings, self._context)
        changes = [label for label, *_ in cases if label.startswith(CHANGED)]
        return Result(
            differences=tuple(
                text for label, texts in found.differences.items() if not label.startswith(CHANGED) for text in texts
            ),
            compared=found.compared,
            changes=len(changes),
            unnoticed=tuple(label for label in changes if label not in found.differences),
        )

    @property
    def _context(self) -> BuildContext:
        return BuildContext(self.toolchain, self.cache, Reporter(quiet=True))

    @property
    def _cases(self) -> Path:
        return self.folder / "cases.marshal"

    def _module(self, path: Path) -> SourceModule:
        roots = (self.target.stdlib, *([self.root] if self.root else []))
        below = next((path.relative_to(root) for root in roots if path.is_relative_to(root)), Path(path.name))
        name = CHECKED + ".".join(below.with_suffix("").parts)
        return SourceModule(name, path, f"/checked/{below}", is_package=False, origin=APP)

    def _emit(
        self, checked: Sequence[SourceModule], constants: Sequence[tuple[str, Path]], *, with_changes: bool
    ) -> list[dict[str, Any]]:
        request = {
            "layout": layout_as_json(self.target.layout),
            "modules": [[module.name, str(module.path), module.filename] for module in checked],
            "constants": [[name, str(path), str(path.with_suffix(".c"))] for name, path in constants],
            "cases": str(self._cases),
            "with_changes": with_changes,
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
            HERE / "emit_worker.py",
            FREEZER,
            file,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        facts: list[dict[str, Any]] = json.loads(done.stdout)
        return facts

    @property
    def _settings(self) -> Settings:
        main = self.folder / "empty.py"
        main.write_text("")
        return Settings(target=str(main), python=self.target.executable, cache_dir=self.cache.root)

    def _image(self, checked: Sequence[SourceModule], constants: Mapping[str, Mapping[str, Any]]) -> FrozenImage:
        graph = analyze(self.target, self._settings, self._context)
        graph = replace(graph, modules={**graph.modules, **{module.name: module for module in checked}})
        image = freeze(graph, self.target, self._settings, self._context)
        return self._with_constants(image, constants, self._settings)

    def _with_constants(
        self, image: FrozenImage, constants: Mapping[str, Mapping[str, Any]], settings: Settings
    ) -> FrozenImage:
        compiler = freezing.prepare(self.target, settings, self._context)
        modules = [self._constants(compiler, name, facts) for name, facts in constants.items()]
        texts = sorted({text for facts in constants.values() for text in facts["pooled"]})
        if texts:
            # Weak: the build's own pool may hold the same strings, and wins. There is but one table of them.
            include, strings = part_lines(texts, "frozen.h")
            lines = [include, f"__attribute__((weak)) {strings}"]
            source = self.folder / "pool.c"
            source.write_text("\n".join((*lines, "")))
            compiler.compile(source, source.with_suffix(".o"))
            modules[0] = replace(modules[0], object_file=self._together(modules[0].object_file, source))
        return replace(image, modules=(*image.modules, *modules))

    def _constants(self, compiler: Any, name: str, facts: Mapping[str, Any]) -> FrozenModule:
        text = self.folder / f"{name}.c"
        output: Path = self.cache.path("test-constants", digest(compiler.identity, text.read_bytes()), ".o")
        if not output.is_file():
            output.parent.mkdir(parents=True, exist_ok=True)
            compiler.compile(text, output)
        source = SourceModule(name, text, f"<{name}>", is_package=False, origin=APP)
        return FrozenModule(output, ctext.module_symbol(name), ctext.version_symbol(name), facts["codes"], source)

    def _together(self, first: Path, pool: Path) -> Path:
        """Two object files as one: the pool has no module of its own."""
        output = self.folder / "together.o"
        subprocess.run(["ld", "-r", first, pool.with_suffix(".o"), "-o", output], check=True)
        return output
