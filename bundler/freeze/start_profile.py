"""Learns what a program's start compiles: its imports are run under the target, in a process of their own.

Only what is installed is imported: the app's own modules may do anything when they are imported, those of installed
distributions are made to be. Whatever goes wrong there, the build goes on, with a warning if the worker did not live to
answer: what is not learned is compiled at run time.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bundler.analyze.graph import Binding, ExtensionModule, Import, ModuleGraph, SourceModule
from bundler.cache import Cache, digest, tree_digest
from bundler.errors import Diagnostic, warning
from bundler.freeze.image import StartProfile
from bundler.freeze.worker.schema import Profiled, ProfileJob
from bundler.process import CommandError
from bundler.target import TargetPython
from bundler.target.workers import REPEATABLE, ForeignCode, worker_command

_SECONDS = 60.0
# Compiled code that does not let the worker's own clock run is ended by the system so much later.
_GRACE = 10

# Bindings of imports that happen when the importing module is run.
_AT_ONCE = (Binding.EAGER, Binding.OPTIONAL, Binding.CONDITIONAL, Binding.PARENT)

_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")

# Keys are C strings, in UTF-8.
_UNSPEAKABLE = re.compile("[\0\ud800-\udfff]")


def profile_start(
    graph: ModuleGraph, sources: str, target: TargetPython, cache: Cache
) -> tuple[StartProfile, tuple[Diagnostic, ...]]:
    """Import what the app imports from installed distributions. `sources`: a digest of the graph's source modules."""
    names = list(installed_imports(graph))
    if not names:
        return StartProfile(), ()
    paths = [str(folder) for folder in _installed_folders(graph)]
    identity = digest(
        tree_digest(Path(__file__).parent / "worker"),
        str(target.executable),
        str(target.hexversion),
        json.dumps([names, paths]),
        sources,
        *(f"{module.path}:{_stamp(module.path)}" for module in graph.of_kind(ExtensionModule)),
    )
    answer: Profiled = cache.ask("rehearsal", identity, lambda: _run(names, paths, target))
    own = (str(target.prefix), str(target.base_prefix), str(Path.home()), tempfile.gettempdir())
    profile = StartProfile(
        texts=tuple(
            (mode, filename, flags, text)
            for mode, filename, flags, text in answer["texts"]
            if _is_portable(filename, own) and _is_portable(text, own)
        ),
        patterns=tuple(
            (kind, pattern, flags) for kind, pattern, flags in answer["patterns"] if _is_portable(pattern, own)
        ),
        order=tuple(answer["order"]),
    )
    return profile, (_failure(answer["failed"]),) if "failed" in answer else ()


def _failure(reason: str) -> Diagnostic:
    return warning(
        "rehearsal",
        f"the rehearsal of the program's imports {reason}: what they compile is compiled at each start",
        hint="build with `-v` to see the command, or with `--no-rehearse` to do without",
    )


def _stamp(path: Path) -> str:
    status = path.stat()
    return f"{status.st_mtime_ns}:{status.st_size}"


def _run(names: list[str], paths: list[str], target: TargetPython) -> Profiled:
    seconds = _SECONDS * target.system.patience
    job: ProfileJob = {"modules": names, "path": paths, "seconds": seconds, "grace": _GRACE}
    command = worker_command(target.command, "freeze", "profiler", repeatable=True)
    with closing(ForeignCode()) as foreign:
        try:
            done = foreign.run(command, json.dumps(job).encode(), seconds + 2 * _GRACE, **REPEATABLE)
            answer: Profiled = json.loads(done.stdout)
        except (CommandError, ValueError) as error:
            reason = error.reason if isinstance(error, CommandError) else "gave no answer"
            return {"texts": [], "patterns": [], "order": [], "failed": reason}
    return answer


def _installed_folders(graph: ModuleGraph) -> Iterator[Path]:
    """The search path without the folders of the app's own modules, which an installed one must not find there."""
    modules = graph.of_kind(SourceModule)
    own = {str(module.path) for module in modules if module.origin.is_own}
    installed = {str(module.path) for module in modules if module.origin.is_installed}
    for folder in graph.search_path:
        is_own = any(name.startswith(f"{folder}/") for name in own)
        if not is_own or any(name.startswith(f"{folder}/") for name in installed):
            yield folder


def installed_imports(graph: ModuleGraph, *, with_later: bool = True) -> Iterator[str]:
    """Installed modules in the order in which a run may import them: those that the app's own modules import at once,
    then, `with_later`, what these import later, inside functions.
    """
    following: dict[str | None, list[Import]] = {}
    for edge in sorted(graph.imports, key=lambda edge: (edge.line, edge.imported)):
        following.setdefault(edge.importer, []).append(edge)
    seen = {"__main__"}
    now, later = deque(["__main__"]), deque[str]()
    while now or later:
        name = now.popleft() if now else later.popleft()
        module = graph.imported(name)
        if isinstance(module, SourceModule | ExtensionModule) and module.origin.is_installed:
            yield name
        for edge in following.get(name, ()):
            queue = now if edge.binding in _AT_ONCE else later if edge.binding is Binding.DEFERRED else None
            if queue is later and not with_later:
                continue
            if queue is not None and edge.imported not in seen:
                seen.add(edge.imported)
                queue.append(edge.imported)


def _is_portable(text: str, own: tuple[str, ...]) -> bool:
    """The text would be the same on another machine, and the launcher can look it up."""
    is_own = any(path in text for path in own if len(path) > 1)
    return not (is_own or _ADDRESS.search(text) or _UNSPEAKABLE.search(text))
