"""Finds the start of a program from TARGET, `-m` or `--script`: the source of `__main__`, and where it imports from."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import Locator, ModuleKind
from bundler.analyze.resolve.commands import commands_script
from bundler.analyze.resolve.unsuitable import refuse_unsuitable
from bundler.cache import Cache, digest
from bundler.contract import bundle_root
from bundler.errors import BundleError, Diagnostic, Severity
from bundler.settings import Command, DeclaredScript, Settings


@dataclass(frozen=True, slots=True)
class Entry:
    """The start of a program. `package`: relative imports of the source start there; "" for a plain script.

    `module`: the name under which the source is also a module (`python -m`), or "". `search_path` comes before the
    environment's. `top`: the top-level package or module that is run (`-m`, `--script`, a function), or "". `functions`:
    those that the source calls, as `package.module:function`, when the source is generated. `findings`: about the way in
    which it was found.
    """

    name: str
    source: Path
    filename: str
    package: str
    module: str
    search_path: tuple[Path, ...]
    top: str = ""
    functions: tuple[str, ...] = ()
    findings: tuple[Diagnostic, ...] = ()


def find_entry(settings: Settings, distributions: InstalledDistributions, locator: Locator, cache: Cache) -> Entry:
    """The entry that the settings ask for; BundleError when it is not there."""
    places = _Places(settings.folder.absolute(), settings.source_folders, distributions, locator)
    if settings.commands:
        entry = _commands(settings.name or settings.commands[0].name, settings.commands, places, cache)
    elif settings.script is not None:
        entry = _script(settings.script, settings.declared, places, cache)
    elif settings.module is not None:
        entry = _module(settings.module, places)
    else:
        assert settings.target is not None
        entry = _target(settings.target, places, cache)
    return replace(entry, name=settings.name or entry.name)


@dataclass(frozen=True, slots=True)
class _Places:
    """Folders and distributions in which the modules of a program are looked for; `here` is the first of them."""

    here: Path
    source_folders: tuple[Path, ...]
    distributions: InstalledDistributions
    locator: Locator

    def home(self, module: str) -> Path:
        """The folder that comes before the environment's for the sake of a module: `here`, unless only sources have it."""
        top = module.partition(".")[0]
        if self.locator.find_dotted(top, (self.here, *self.distributions.search_path)) is None:
            return self.source_home(module) or self.here
        return self.here

    def source_home(self, module: str) -> Path | None:
        """The folder of sources that has a module."""
        top = module.partition(".")[0]
        return next((each for each in self._sources if self.locator.find_dotted(top, (each,)) is not None), None)

    @property
    def _sources(self) -> Iterator[Path]:
        return (folder.absolute() for folder in self.source_folders)


def _target(target: str, places: _Places, cache: Cache) -> Entry:
    path = Path(target)
    if not path.exists():
        _refuse_function_of_file(target)
    if path.exists() or path.suffix == ".py" or "/" in target:
        return _file(path)
    if ":" in target:
        name = target.rpartition(":")[2].rpartition(".")[2]
        return _function(name, target, (places.home(target.partition(":")[0]),), cache)
    raise BundleError(
        "no-such-target",
        f"`{target}` is neither a file nor a folder",
        hint="TARGET is `app.py`, a folder with `__main__.py`, or `package.module:function`; "
        "for a module use `-m MODULE`, for an installed command `--script NAME`",
    )


def _file(path: Path) -> Entry:
    source = path / "__main__.py" if path.is_dir() else path
    if not source.is_file():
        hint = _in_folder_hint(path) if path.is_dir() else _near_file(path)
        raise BundleError("no-such-target", f"there is no file `{source}`", hint=hint)
    refuse_unsuitable(source)
    name = path.resolve().name if path.is_dir() else path.stem
    filename = str(bundle_root() / source.name)
    # Python runs a folder as the module `__main__` found in it.
    module = "__main__" if path.is_dir() else ""
    return Entry(name, source.resolve(), filename, "", module, (source.resolve().parent,))


def _in_folder_hint(folder: Path) -> str:
    if (folder / "pyproject.toml").is_file():
        return f"`bundle` without TARGET builds the programs that pyproject.toml declares{in_folder(folder.absolute())}"
    return "a folder is bundled by its `__main__.py`"


def _near_file(path: Path) -> str:
    folder = path.parent
    names = [each.name for each in folder.glob("*.py")] if folder.is_dir() else []
    near = difflib.get_close_matches(path.name, names, 1)
    return f"did you mean `{folder / near[0]}`?" if near else "check the path"


def _refuse_function_of_file(target: str) -> None:
    """BundleError for `app.py:main`: functions are found by the names of modules."""
    file, _, function = target.rpartition(":")
    if file.endswith(".py") and function:
        folder, module = module_at(Path(file))
        raise BundleError(
            "no-such-target",
            f"`{target}` names a file, but a function is found by the name of its module",
            hint=f"write `{module}:{function}`{in_folder(folder)}",
        )


def module_at(source: Path, depth: int = 0) -> tuple[Path, str]:
    """The name of the module that a file is, and the folder from which it is imported by this name.

    `depth`: it lies in at least so many packages, of which the outer ones may have no `__init__.py`.
    """
    source = source.absolute()
    folder, parts = source.parent, [] if source.stem == "__main__" and depth else [source.stem]
    while folder.name and (depth > 0 or (folder / "__init__.py").is_file()):
        parts.insert(0, folder.name)
        folder = folder.parent
        depth -= 1
    return folder, ".".join(parts)


def in_folder(folder: Path) -> str:
    """The end of a hint: where a command has to be given; nothing for the current folder."""
    return "" if folder == Path.cwd() else f" in the folder `{folder}`"


def _module(name: str, places: _Places) -> Entry:
    home, locator = places.home(name), places.locator
    search_path = (home, *places.distributions.search_path)
    located = locator.find_dotted(name, search_path)
    module = name
    if located is not None and located.folders:
        module = f"{name}.__main__"
        located = locator.find_dotted(module, search_path)
    if located is None and module != name:
        raise BundleError(
            "no-such-module",
            f"`{name}` is a package and cannot be executed itself: there is no module `{module}`",
            hint=f"name a module in it with `-m {name}.MODULE`, or a function with `{name}.MODULE:FUNCTION`",
        )
    if located is None or located.kind is not ModuleKind.SOURCE:
        raise BundleError(
            "no-such-module",
            f"there is no module `{module}` with Python source to run",
            hint="is it installed in the environment of the target Python (see `--python`)?",
        )
    filename = str(bundle_root() / (module.replace(".", "/") + ".py"))
    return Entry(
        name=name.rpartition(".")[2] if module == name else name.partition(".")[0],
        source=located.path,
        filename=filename,
        package=module.rpartition(".")[0],
        module=module,
        search_path=(home,),
        top=module.partition(".")[0],
    )


def _script(name: str, declared: DeclaredScript | None, places: _Places, cache: Cache) -> Entry:
    distributions = places.distributions
    function = distributions.scripts().get(name)
    if function is not None:
        return _function(name, function, (), cache)
    file = distributions.script_file(name)
    if file is not None:
        return Entry(name, file, str(bundle_root() / name), "", "", ())
    if declared is not None:
        home = _declared_home(name, declared, places)
        note = Diagnostic(
            Severity.NOTE,
            "not-installed",
            f"the project is not installed: `{name}` is bundled from its sources in `{home}`, without metadata",
            hint=f"`{declared.install}` installs it",
        )
        return replace(_function(name, declared.function, (home,), cache), findings=(note,))
    near = difflib.get_close_matches(name, distributions.scripts(), 1)
    raise BundleError(
        "no-such-script",
        f"no installed distribution has a console script `{name}`",
        hint=f"did you mean `{near[0]}`?" if near else "is it installed in the environment of the target Python?",
    )


def _declared_home(name: str, declared: DeclaredScript, places: _Places) -> Path:
    """The folder of a project that is not installed; BundleError when it would lack its modules."""
    hint = f"install the project with `{declared.install}`, or name its environment with `--python PATH`"
    lacking = places.distributions.lacking(declared.requires)
    if lacking:
        raise BundleError(
            "not-installed",
            f"the program `{name}` needs distributions that the environment lacks: {', '.join(lacking)}",
            hint=hint,
        )
    home = places.source_home(declared.function.partition(":")[0])
    if home is None:
        raise BundleError(
            "not-installed",
            f"the program `{name}` is not installed, and the project's folder has no module of "
            f"`{declared.function}`",
            hint=hint,
        )
    return home


def _commands(name: str, commands: Sequence[Command], places: _Places, cache: Cache) -> Entry:
    """A generated script that calls the function by whose name the binary is started."""
    entries = {command.name: _called(command, places, cache) for command in commands}
    functions = {name: entry.functions[0] for name, entry in entries.items()}
    source = _generated("".join(commands_script(functions)), cache)
    homes = dict.fromkeys(folder for entry in entries.values() for folder in entry.search_path)
    tops = {entry.top for entry in entries.values()}
    return Entry(
        name,
        source,
        str(bundle_root() / name),
        "",
        "",
        tuple(homes),
        tops.pop() if len(tops) == 1 else "",
        tuple(functions.values()),
        tuple(finding for entry in entries.values() for finding in entry.findings),
    )


def _called(command: Command, places: _Places, cache: Cache) -> Entry:
    """The entry of one of several programs, which calls a function; BundleError when it does not."""
    if command.script is not None:
        entry = _script(command.script, command.declared, places, cache)
    elif command.target is not None:
        entry = _target(command.target, places, cache)
    else:
        entry = None
    if entry is None or not entry.functions:
        raise BundleError(
            "no-such-function",
            f"the program `{command.name}` is no function, and a binary of several programs calls functions",
            hint=f'name one in the program `{command.name}`, such as `target = "package.module:main"`, or build without '
            "`multicall`",
        )
    return entry


def _function(name: str, reference: str, search_path: tuple[Path, ...], cache: Cache) -> Entry:
    """A generated script that calls a function, as pip's own console scripts do."""
    module, _, attribute = reference.partition(":")
    first = attribute.partition(".")[0]
    parts = [*module.split("."), *attribute.split(".")]
    if not all(part.isidentifier() for part in parts):
        raise BundleError(
            "no-such-target",
            f"`{reference}` is not of the form `package.module:function`",
            hint="name a function that can be called without arguments, such as `shop.cli:main`",
        )
    # Children of multiprocessing run the script again, under another name.
    text = f'import sys\n\nfrom {module} import {first}\n\nif __name__ == "__main__":\n    sys.exit({attribute}())\n'
    source = _generated(text, cache)
    return Entry(name, source, str(bundle_root() / name), "", "", search_path, module.partition(".")[0], (reference,))


def _generated(text: str, cache: Cache) -> Path:
    source = cache.path("entry", digest(text), ".py")
    cache.write(source, text.encode())
    return source
