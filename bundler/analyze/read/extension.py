"""Finds the imports of compiled modules. Their code cannot be read; two things tell.

*Observation*: the module is imported, in a process of its own under the target, and its imports are watched. It shows
what happens when the module is initialised.

*Names in the data*: imports that compiled functions make later leave the name of the module somewhere in the file.
Such a name is believed when it is that of a module of the same distribution, or a top-level one of a distribution that
it requires.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from bundler.analyze.installed.distributions import Installed, InstalledDistributions
from bundler.analyze.read.worker.schema import NotObserved, Observed, ObserveRequest
from bundler.cache import Cache, digest, tree_digest
from bundler.process import CommandError, Service
from bundler.target import TargetPython
from bundler.target.workers import ForeignCode, worker_command

_SECONDS = 60.0  # for importing one module with all that it imports

_SHORTEST_NAME = 5  # shorter ones stand in any file by chance

# The characters of nearly all names of modules; and a table that makes everything else a space.
_PLAIN_NAME = re.compile(r"[\w.-]+", re.ASCII)
_SPACED = bytes(byte if _PLAIN_NAME.match(chr(byte)) else ord(" ") for byte in range(256))


class ExtensionImports:
    """Imports of extension modules, by module."""

    def __init__(
        self,
        target: TargetPython,
        search_path: tuple[Path, ...],
        distributions: InstalledDistributions,
        cache: Cache,
        *,
        runs_code: bool,
    ) -> None:
        self._target = target
        self._path = [str(folder) for folder in search_path]
        self._distributions = distributions
        self._cache = cache
        self._identity = digest(
            tree_digest(Path(__file__).parent / "worker"), str(target.hexversion), distributions.identity
        )
        self._modules: dict[str, frozenset[str]] = {}  # by distribution
        self._service: Service | None = None
        self._foreign = ForeignCode()
        self._runs_code = runs_code

    def imports(self, name: str, path: Path, package: str, owner: Installed | None) -> list[str]:
        """Names of modules that the extension module needs, sorted; some may not exist. `owner`: what installed it."""
        data = path.read_bytes()
        found: list[str] = self._cache.ask(
            "extension",
            digest(self._identity, name, str(self._runs_code), data),
            lambda: sorted({*self._observe(name), *self._mentioned(owner, package, data)}),
        )
        return found

    def close(self) -> None:
        """End the worker, if one was needed."""
        if self._service is not None:
            self._service.close()
        self._foreign.close()

    def _observe(self, name: str) -> list[str]:
        if not self._runs_code:
            return []
        if self._service is None:
            command = worker_command(self._target.command, "analyze/read", "observe")
            self._service = self._foreign.service(command, _SECONDS * self._target.system.patience)
        request: ObserveRequest = {"name": name, "path": self._path}
        try:
            answer: Observed | NotObserved = json.loads(self._service.ask(json.dumps(request)))
        except CommandError:
            self._service = None  # importing it ended the process, or took too long; the next one gets a new worker
            return []
        return [] if "error" in answer else answer["imports"]

    def _mentioned(self, owner: Installed | None, package: str, data: bytes) -> Iterable[str]:
        if owner is None:
            return
        names = _names_in(data)

        def exists(text: str) -> bool:
            return len(text) >= _SHORTEST_NAME and text.encode() in (names if _PLAIN_NAME.fullmatch(text) else data)

        for name in self._module_names(owner):
            parent, _, last = name.rpartition(".")
            # Cython keeps `from package import _helper` as two names.
            if exists(last if parent == package else name):
                yield name
        for required in self._distributions.required(owner):
            for name in self._module_names(required):
                if "." not in name and exists(name):
                    yield name

    def _module_names(self, owner: Installed) -> frozenset[str]:
        if owner.name not in self._modules:
            suffixes = (*self._target.extension_suffixes, ".py")
            self._modules[owner.name] = frozenset(_module_names(owner, suffixes))
        return self._modules[owner.name]


def _names_in(data: bytes) -> bytes:
    """Parts of the file that may be plain names, or contain them, each on a line: of numpy's 16 MB, 1.1."""
    return b"\n".join(text for text in data.translate(_SPACED).split() if len(text) >= _SHORTEST_NAME)


def _module_names(owner: Installed, suffixes: tuple[str, ...]) -> Iterable[str]:
    """Dotted names of the modules among a distribution's files."""
    root = owner.metadata.parent
    for path in owner.files:
        suffix = next((suffix for suffix in suffixes if path.name.endswith(suffix)), None)
        if suffix is not None and path.is_relative_to(root):
            parts = [*path.relative_to(root).parts[:-1], path.name.removesuffix(suffix)]
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
