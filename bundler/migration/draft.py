"""Collects the options and notes of one program while a file or a command line of another tool is read."""

from __future__ import annotations

import ast
import glob
import posixpath
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bundler.migration.model import Collected, Note, Part, Program, Unknown
from bundler.other_tools import counterpart
from bundler.project import find_project_file
from bundler.settings import IN_FILES

# Options whose values are names of modules.
MODULES = ("hidden-import", "exclude-module", "collect-all", "collect-submodules", "collect-data", "collect-binaries")

_LISTS = {option.name for option in IN_FILES.values() if option.kind.is_list}
# Files that only other systems can use.
_FOREIGN = (".dll", ".dylib", ".pyd", ".exe", ".icns", ".manifest", ".framework")


class Draft:
    """A program in the making. `origin`: where relative paths begin that the tool reads."""

    def __init__(self, tool: str, origin: Path) -> None:
        self.tool = tool
        self._origin = origin.resolve()
        # Ours begin at the folder of pyproject.toml, or of the one that will be made.
        project = find_project_file(origin)
        self._base = project.resolve().parent if project is not None else Path.cwd()
        self.name = ""
        self._options: dict[str, Any] = {}
        self._notes: dict[Note, None] = {}

    def finish(self) -> Program:
        """The program, with options in the order in which documentation shows them."""
        ordered = [option.name for option in IN_FILES.values() if option.name in self._options]
        return Program(self.name, {name: self._options[name] for name in ordered})

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes, each once."""
        return (*self._notes,)

    def note(self, text: str, line: int = 0) -> None:
        """Note something for people."""
        self._notes[Note(text, line)] = None

    def note_option(self, option: str, line: int = 0, *, written: str = "") -> None:
        """Note an option of the tool's with the answer that hints give. `written`: its name in the file, if another."""
        found = counterpart(self.tool, option)
        answer = found.answer if found is not None else "it is not known"
        self.note(f"`{written or option}`: {answer}", line)

    def set(self, option: str, value: Any) -> None:
        """Set an option of ours, or add to a list."""
        if option in _LISTS:
            values = self._options.setdefault(option, [])
            values += [value] if value not in values else []
        else:
            self._options[option] = value

    def set_optimize(self, level: Any, written: str, line: int = 0) -> None:
        """Set the level of optimisation; a level that is none is noted. `written`: the option as it was given."""
        text = str(level)
        if text in ("1", "2"):
            self.set("optimize", int(text))
        elif text not in ("None", "-1", "0"):
            self.note(f"`{written}` is not understood: the level is 0, 1 or 2", line)

    def has(self, *options: str) -> bool:
        """True if one of the options is set."""
        return any(option in self._options for option in options)

    def set_target(self, script: str, line: int = 0) -> None:
        """The program to bundle: a script, or an installed command if the file lies among those of an environment."""
        path = self.path(script)
        folder = posixpath.basename(posixpath.dirname(path))
        if folder in ("bin", "Scripts") and not path.endswith(".py") and not self.found(script):
            self.set("script", posixpath.basename(path))
            return
        if posixpath.isabs(path):
            self.note(
                f"the script `{path}` lies outside the folder of this file: name it relative to pyproject.toml", line
            )
        module = self._relative_module(path)
        if module:
            self.note(f"`{path}` imports relatively, which a script cannot: it is named as a module", line)
            self.set("module", module)
        else:
            self.set("target", path)

    def _relative_module(self, path: str) -> str:
        """The dotted name of a file in a package that imports relatively; "" for others."""
        file = self._base / path
        try:
            tree = ast.parse(file.read_bytes())
        except (OSError, SyntaxError, ValueError):
            return ""
        if not any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree)):
            return ""
        parts = [] if file.stem == "__main__" else [file.stem]
        folder = file.parent
        while (folder / "__init__.py").is_file():
            parts.insert(0, folder.name)
            folder = folder.parent
        return ".".join(parts) if folder != file.parent else ""

    def add_files(self, source: Any, place: Any, line: int = 0) -> None:
        """A file, a folder or a pattern, and the folder that it goes to."""
        if isinstance(source, Unknown) or isinstance(place, Unknown):
            self.unknown(source if isinstance(source, Unknown) else place)
            return
        path, folder = self.path(source), posixpath.normpath(slashes(place) or ".")
        if path.lower().endswith(_FOREIGN):
            self.note(f"`{path}` is for other systems than Linux", line)
        elif folder.startswith(("/", "..")):
            self.note(f"`{path}` goes to `{folder}`, which is no folder of a binary", line)
        elif not self.found(source):
            self.note(f'`{path}` is not there; add it with `add-data = ["{path}:{folder}"]` once it is', line)
        else:
            self.set("add-data", f"{path}:{folder}")

    def path(self, text: str) -> str:
        """A path relative to the folder of pyproject.toml if it lies there, else an absolute one; with slashes."""
        path = posixpath.normpath(posixpath.join(str(self._origin), slashes(text)))
        is_inside = path == str(self._base) or path.startswith(f"{self._base}/")
        return posixpath.relpath(path, str(self._base)) if is_inside else path

    def found(self, text: str) -> list[str]:
        """The files and folders that a path or a pattern of the tool's names."""
        return glob.glob(slashes(text), root_dir=self._origin, include_hidden=True)  # noqa: PTH207  # may be absolute

    def is_folder(self, text: str) -> bool:
        """True if a path of the tool's names a folder."""
        return (self._origin / slashes(text)).is_dir()

    def add_all(self, option: str, values: Any, line: int = 0) -> None:
        """Values of a list option, among them the results of helpers, which have options of their own."""
        for value in listed(values):
            match value:
                case Unknown():
                    self.unknown(value)
                case Collected():
                    self.set(value.option, value.name)
                case str() if option in MODULES and not all(part.isidentifier() for part in value.split(".")):
                    self.note(f"`{value}` is no module's name", line)
                case str():
                    self.set(option, value)
                case _:
                    self.note(f"{option}: `{value}` is not understood", line)

    def unknown(self, value: Unknown) -> None:
        """Note a value that only a run of the file would tell."""
        self.note(f"`{value.text}` is known only when the file is executed (`--execute`)", value.line)


def slashes(path: str) -> str:
    """A path as Linux writes it."""
    return path.replace("\\", "/")


def listed(value: Any) -> Iterable[Any]:
    """The items of a list that may be nested, without parts of other calls; nothing for None."""
    match value:
        case None | Part():
            return
        case list() | tuple():
            for item in value:
                if not isinstance(item, Part):
                    yield item
        case _:
            yield value
