"""Driving the worker and the compiler: what is cached, what is shared, and what cannot be frozen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bundler.analyze import ModuleGraph
from bundler.analyze.graph import APP, SourceModule
from bundler.cache import Cache
from bundler.context import BuildContext
from bundler.errors import BundleError
from bundler.freeze import FrozenImage, freeze
from bundler.freeze.compiler import Compiled, Compiler, Job
from bundler.freeze.freeze import launcher_modules
from bundler.freeze.worker.schema import Failure
from bundler.process import Service
from bundler.report import Reporter
from bundler.settings import Settings
from bundler.target import TargetPython
from bundler.toolchain import Toolchain

Freeze = Callable[..., FrozenImage]

# Modules that every program has: those of the launcher.
LAUNCHER = len(list(launcher_modules()))

SOURCES = {
    "__main__": "import a\nprint(a.value, {1000, 1008, 'x'})\n",
    "a": "value = 'text of a', 1.5\ndef f(x=(1, 2)): return lambda: x\n",
    "a.b": "from a import f\nclass C:\n    'docstring'\n    shared_name = 1\n",
}


def graph_of(folder: Path, sources: Mapping[str, str]) -> ModuleGraph:
    """A graph of modules with these sources, which lie in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    modules = {}
    for name, text in sorted(sources.items()):
        path = folder / f"{name}.py"
        path.write_text(text)
        modules[name] = SourceModule(name, path, f"/__bundle__/{name}.py", is_package=False, origin=APP)
    return ModuleGraph("app", modules, (), (), (), (), (), "")


@pytest.fixture
def frozen(newest_target: TargetPython, toolchain: Toolchain, tmp_path: Path) -> Freeze:
    """Freezes sources: `frozen(sources, cache=NAME, folder=NAME, optimize=LEVEL)`."""

    def frozen(sources: Mapping[str, str], cache: str = "cache", folder: str = "src", optimize: int = 0) -> FrozenImage:
        context = BuildContext(toolchain, Cache(tmp_path / cache), Reporter(quiet=True))
        return freeze(graph_of(tmp_path / folder, sources), newest_target, Settings(optimize=optimize), context)

    return frozen


def contents(image: FrozenImage) -> dict[str, bytes]:
    """The object files of an image."""
    return {module.name: module.object_file.read_bytes() for module in image.modules} | {
        path.name: path.read_bytes() for path in image.pool
    }


def test_second_build_compiles_nothing(frozen: Freeze):
    """What was compiled once is taken from the cache; only what has changed is compiled again."""
    first, second = frozen(SOURCES), frozen(SOURCES)
    third = frozen({**SOURCES, "a": "value = 2\n"})

    assert first.compiled == len(first.modules) == len(SOURCES) + LAUNCHER
    assert second.compiled == 0
    assert contents(second) == contents(first)
    assert third.compiled == 1


def test_optimisation_is_part_of_the_key(frozen: Freeze):
    """Another level of optimisation compiles every module anew."""
    frozen(SOURCES)

    assert frozen(SOURCES, optimize=2).compiled == len(SOURCES) + LAUNCHER


def test_object_files_do_not_tell_where_they_were_made(frozen: Freeze):
    """The same sources in another folder, with another cache, give the same bytes."""
    assert contents(frozen(SOURCES)) == contents(frozen(SOURCES, cache="other", folder="elsewhere"))


def test_object_files_do_not_depend_on_company(frozen: Freeze):
    """Modules share a compiler process, and have the same object files as when each has one of its own."""
    together = contents(frozen(SOURCES))
    for name, text in SOURCES.items():
        alone = frozen({name: text}, cache=f"cache-{name}")
        assert contents(alone)[name] == together[name]


def test_builds_share_a_cache_at_the_same_time(frozen: Freeze):
    """Several builds that make the same object files at once do not disturb each other."""
    with ThreadPoolExecutor(4) as pool:
        images = list(pool.map(lambda _: frozen(SOURCES), range(4)))

    assert all(contents(image) == contents(images[0]) for image in images)


def test_every_module_has_versions_of_its_own(frozen: Freeze):
    """An image says which symbol each module's code is under, and how many code objects need a version."""
    image = frozen(SOURCES)
    codes = {module.name: module.codes for module in image.modules}

    assert len({module.symbol for module in image.modules}) == len(image.modules)
    assert len({module.version_symbol for module in image.modules}) == len(image.modules)
    assert [codes[name] for name in SOURCES] == [1, 3, 2]


def test_all_that_cannot_be_frozen_is_told(frozen: Freeze, monkeypatch: pytest.MonkeyPatch):
    """One error names every module that we cannot write, and how to leave them out."""
    failure: Failure = {"error": "UnsupportedConstantError: constant of type range", "is_in_source": False}
    build = Compiler.build

    def fail(compiler: Compiler, jobs: Sequence[Job], service: Service) -> list[Compiled | Failure]:
        return [failure for _ in jobs] if jobs[0].source else build(compiler, jobs, service)

    monkeypatch.setattr(Compiler, "build", fail)
    with pytest.raises(BundleError) as raised:
        frozen(SOURCES)
    told = raised.value.diagnostic

    assert {f"`{name}` cannot be frozen: {failure['error']}" for name in SOURCES} <= {told.message, *told.notes}


def test_what_cannot_be_compiled(frozen: Freeze):
    """A module that only the compiler refuses is carried as text, for importing it may never happen."""
    image = frozen({**SOURCES, "broken": "return 1\n"})

    assert [module.name for module in image.broken] == ["broken"]
    assert [finding.code for finding in image.findings] == ["syntax-error"]
    assert "broken" not in {*contents(image), *(module.name for module in image.sources)}
    assert image.compiled == len(SOURCES) + LAUNCHER


def test_program_that_cannot_be_compiled(frozen: Freeze):
    """For the program itself it is an error with a hint; what else was compiled is kept for the next try."""
    with pytest.raises(BundleError, match="`__main__` cannot be frozen: SyntaxError") as raised:
        frozen({**SOURCES, "__main__": "return 1\n"})

    assert "--python" in (raised.value.diagnostic.hint or "")
    assert frozen(SOURCES).compiled < len(SOURCES) + LAUNCHER
