"""The stages of a link: what each has done when its noun is there.

Costs one link of a small program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import pytest

from bundler import link
from bundler.analyze import analyze
from bundler.cache import Cache
from bundler.context import BuildContext
from bundler.elf import read_executable, read_shared_object
from bundler.freeze import FrozenImage, freeze
from bundler.link.library_search import linked_library, system_libraries
from bundler.link.script import FROZEN_SECTIONS
from bundler.settings import AddedData, Settings
from bundler.target import Linkage, TargetPython
from bundler.toolchain import Toolchain
from tests.support import Outcome, run
from tests.target.pythons import quiet_context

LARGE = 1 << 40  # bytes of a file that nobody reads to its end


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, newest_target: TargetPython) -> Settings:
    """A program to bundle."""
    folder = tmp_path_factory.mktemp("staged")
    (folder / "app.py").write_text("print('it runs')\n")
    return Settings(target=str(folder / "app.py"), python=newest_target.executable, output=folder / "out" / "app")


@pytest.fixture(scope="module")
def context(toolchain: Toolchain, cache: Cache) -> BuildContext:
    """The context of all stages."""
    return quiet_context(toolchain, cache)


@pytest.fixture(scope="module")
def image(settings: Settings, newest_target: TargetPython, context: BuildContext) -> FrozenImage:
    """The program, frozen."""
    return freeze(analyze(newest_target, settings, context), newest_target, settings, context)


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Path]:
    """A file with nothing in it, which is gone afterwards: copies of it would not be empty."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(LARGE)
    yield path
    path.unlink()


def test_a_plan_reads_no_data(
    image: FrozenImage, newest_target: TargetPython, settings: Settings, context: BuildContext, large: Path
):
    """Planning asks for the sizes of data files, and does not look into them."""
    added = replace(settings, added_data=(AddedData(large, PurePosixPath(".")),))
    graph = analyze(newest_target, added, context)

    found = link.plan(replace(image, graph=graph), newest_target, added)

    assert ("large", LARGE) in found.manifest.data_files


@dataclass(frozen=True)
class Linking:
    """A link, stage by stage: what the binary did before it was published, and whether the output was there then."""

    output: Path
    inputs: str
    other_inputs: str
    early: Outcome
    was_visible: bool


@pytest.fixture(scope="module")
def linking(image: FrozenImage, newest_target: TargetPython, settings: Settings, context: BuildContext) -> Linking:
    """The program's link."""
    plan = link.plan(image, newest_target, settings)
    with link.launcher_objects(newest_target, context) as launcher:
        files = launcher()
    layout = link.lay_out(plan, files, context)
    inputs = link.inputs_digest(layout)
    with link.workplace(plan.output) as folder:
        linked = link.link(layout, folder)
        early, was_visible = run([linked.path]), plan.output.exists()
        link.publish(linked, inputs, context)
    others = link.LauncherFiles((), files.polyfills)
    other_inputs = link.inputs_digest(link.lay_out(plan, others, context))
    return Linking(plan.output, inputs, other_inputs, early, was_visible)


def test_what_is_linked_runs_before_it_is_published(linking: Linking):
    """Between linking and publishing there is a whole executable that a further step can run; nobody else sees it."""
    assert (linking.early.status, linking.early.stdout) == (0, b"it runs\n")
    assert not linking.was_visible
    assert run([linking.output]) == linking.early
    assert [path.name for path in linking.output.parent.iterdir()] == ["app"]


def test_what_was_published_is_current(linking: Linking, context: BuildContext):
    """The output is known by its inputs, and by no others."""
    assert link.is_current(linking.output, linking.inputs, context)
    assert not link.is_current(linking.output, linking.other_inputs, context)


def test_names_that_only_the_link_needed_are_gone(linking: Linking):
    """The published symbol table has no symbol in frozen sections, where each string has one; functions have theirs."""
    published = read_executable(linking.output)
    frozen = [each for name, each in published.sections.items() if name.startswith(FROZEN_SECTIONS)]
    inside = [
        name
        for name, value in published.symbols.items()
        if any(section.address <= value < section.address + section.size for section in frozen)
    ]

    assert frozen
    assert "main" in published.symbols
    assert inside == []


def test_libraries_of_a_static_libpython_are_embedded(
    image: FrozenImage, newest_target: TargetPython, settings: Settings, context: BuildContext
):
    """A library that a static libpython is linked with becomes part of the binary, and defines what libpython takes from it."""
    libpython = newest_target.libpython
    zlib = linked_library("-lz", system_libraries(newest_target.machine))
    if libpython.linkage is not Linkage.STATIC or zlib is None:
        pytest.skip("there is no zlib that the dynamic linker knows, or no static libpython")
    target = replace(newest_target, libpython=replace(libpython, needs=(*libpython.needs, "-lz", "-lm")))

    plan = replace(link.plan(image, target, settings), resident_names=frozenset({"zlibVersion"}))
    with link.launcher_objects(target, context) as launcher:
        files = launcher()
    layout = link.lay_out(plan, files, context)
    with link.workplace(plan.output) as folder:
        linked = link.link(layout, folder)
        outcome, needed = run([linked.path]), read_shared_object(linked.path).needed

    (resident,) = plan.prelinked.residents
    (symbol,) = (each for each in resident.object.symbols if each.name == "zlibVersion")
    assert resident.object.name.startswith("libz.so")
    assert linked.executable.symbols["zlibVersion"] == resident.base + symbol.value
    assert "-lz" not in plan.libraries
    assert not [name for name in needed if name.startswith("libz")]
    assert outcome.stdout == b"it runs\n"


def test_options_mean_libraries():
    """An option means the library that the dynamic linker knows, the C library's parts and what is not there none."""
    known = {name: Path("/lib") / name for name in ("libz.so.1", "libzstd.so.1", "libm.so.6", "libm.so", "libother.so")}

    assert linked_library("-lz", known) == Path("/lib/libz.so.1")
    assert linked_library("-lother", known) == Path("/lib/libother.so")
    assert linked_library("-lm", known) is None
    assert linked_library("-lzz", known) is None
