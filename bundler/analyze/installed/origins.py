"""Decides whose code a module is: the app's own, a distribution's, the standard library's.

The answer is an `Origin` on the module's noun; nothing else derives it from a name or a path.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bundler.analyze.graph import APP, STDLIB, Origin, OriginKind
from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import Located

# Folders into which packages are installed, below the standard library or elsewhere (Lib/site.py; Debian's name).
_SITE_FOLDERS = ("site-packages", "dist-packages")


class Origins:
    """Origins of files.

    `script_folders`: where a plain script's own modules lie. They are no part of an editable install, even when the script
    lies below the folder of its project.
    """

    def __init__(
        self, stdlib: Path, distributions: InstalledDistributions, script_folders: Iterable[Path] = ()
    ) -> None:
        self._distributions = distributions
        self._stdlib = f"{stdlib}/"
        path = distributions.search_path
        self._sites = tuple(f"{folder}/" for folder in path if folder.name in _SITE_FOLDERS)
        self._importable = tuple(f"{folder}/" for folder in path)
        self._script_folders = tuple(f"{folder}/" for folder in script_folders if folder not in path)
        self._found: dict[str, Origin] = {}

    def of(self, located: Located | None) -> Origin:
        """The origin of a module; one without a file is part of the interpreter."""
        return STDLIB if located is None else self.of_file(located.path)

    def of_file(self, path: Path) -> Origin:
        """The origin of a file or folder."""
        name = str(path)
        if name not in self._found:
            self._found[name] = self._decide(path)
        return self._found[name]

    def _decide(self, path: Path) -> Origin:
        name = str(path)
        owner = self._distributions.owner(path)
        if owner is not None:
            return Origin(OriginKind.DISTRIBUTION, owner.name)
        if name.startswith(self._sites):
            return Origin(OriginKind.DISTRIBUTION)  # as Debian installs, and what a program compiles for itself there
        if name.startswith(self._stdlib) and not any(f"/{site}/" in name for site in _SITE_FOLDERS):
            return STDLIB
        if self._is_beside_script(name):
            return APP
        project = self._distributions.editable_owner(path)
        return APP if project is None else Origin(OriginKind.APP, project.name)

    def _is_beside_script(self, name: str) -> bool:
        def depth(folders: Iterable[str]) -> int:
            return max((len(folder) for folder in folders if name.startswith(folder)), default=0)

        return depth(self._script_folders) > depth(self._importable)
