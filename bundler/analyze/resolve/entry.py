"""Finds the start of a program from TARGET, `-m` or `--script`: the source of `__main__`, and where it imports from."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

from bundler.analyze.installed.distributions import InstalledDistributions
from bundler.analyze.installed.locate import Locator, ModuleKind
from bundler.analyze.resolve.unsuitable import refuse_unsuitable
from bundler.cache import Cache, digest
from bundler.contract import bundle_root
from bundler.errors import BundleError
from bundler.settings import Settings


@dataclass(frozen=True, slots=True)
class Entry:
    """The start of a program. `package`: relative imports of the source start there; "" for a plain script.

    `module`: the name under which the source is also a module (`python -m`), or "". `search_path` comes before the
    environment's. `top`: the top-level package or module that is run (`-m`, `--script`, a function), or "". `function`:
    what the source calls, as `package.module:function`, when the source is generated; else "".
    """

    name: str
    source: Path
    filename: str
    package: str
    module: str
    search_path: tuple[Path, ...]
    top: str = ""
    function: str = ""


def find_entry(settings: Settings, distributions: InstalledDistributions, locator: Locator, cache: Cache) -> Entry:
    """The entry that the settings ask for; BundleError when it is not there."""
    if settings.script is not None:
        return _script(settings.script, distributions, cache)
    here = settings.folder.absolute()
    if settings.module is not None:
        return _module(settings.module, (here, *distributions.search_path), locator)
    assert settings.target is not None
    path = Path(settings.target)
    if not path.exists():
        _refuse_function_of_file(settings.target)
    if path.exists() or path.suffix == ".py" or "/" in settings.target:
        return _file(path)
    if ":" in settings.target:
        return _function(settings.target.rpartition(":")[2].rpartition(".")[2], settings.target, (here,), cache)
    raise BundleError(
        "no-such-target",
        f"`{settings.target}` is neither a file nor a folder",
        hint="TARGET is `app.py`, a folder with `__main__.py`, or `package.module:function`; "
        "for a module use `-m MODULE`, for an installed command `--script NAME`",
    )


def _file(path: Path) -> Entry:
    source = path / "__main__.py" if path.is_dir() else path
    if not source.is_file():
        hint = "a folder is bundled by its `__main__.py`" if path.is_dir() else _near_file(path)
        raise BundleError("no-such-target", f"there is no file `{source}`", hint=hint)
    refuse_unsuitable(source)
    name = path.resolve().name if path.is_dir() else path.stem
    filename = str(bundle_root() / source.name)
    # Python runs a folder as the module `__main__` found in it.
    module = "__main__" if path.is_dir() else ""
    return Entry(name, source.resolve(), filename, "", module, (source.resolve().parent,))


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


def _module(name: str, search_path: tuple[Path, ...], locator: Locator) -> Entry:
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
        search_path=(search_path[0],),
        top=module.partition(".")[0],
    )


def _script(name: str, distributions: InstalledDistributions, cache: Cache) -> Entry:
    scripts = distributions.scripts()
    if name not in scripts:
        file = distributions.script_file(name)
        if file is not None:
            return Entry(name, file, str(bundle_root() / name), "", "", ())
        near = difflib.get_close_matches(name, scripts, 1)
        raise BundleError(
            "no-such-script",
            f"no installed distribution has a console script `{name}`",
            hint=f"did you mean `{near[0]}`?" if near else "is it installed in the environment of the target Python?",
        )
    return _function(name, scripts[name], (), cache)


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
    source = cache.path("entry", digest(text), ".py")
    cache.write(source, text.encode())
    return Entry(name, source, str(bundle_root() / name), "", "", search_path, module.partition(".")[0], reference)
