"""Turns zip files and finders of editable installs into plain folders, so that the rest of the analysis sees only folders.

- *Editable installs with a finder*: `pip install -e` may write a module that maps names to places
  (`__editable___NAME_finder.py` of setuptools; files with calls of `map_module`, of the package `editables`). Here they
  become a folder of links. (Those that only name a folder in a `.pth` file are on the search path already.)
- *Zip files* on the search path, such as zip-safe eggs, are unpacked. That of the standard library is not: it has no files.
"""

from __future__ import annotations

import ast
import contextlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bundler.cache import Cache, digest

_LINKS = "editable"  # kind of cache entries


def links_folder(cache: Cache) -> Path:
    """The folder below which all links to modules of editable installs lie."""
    return cache.root / _LINKS


def searched_folders(search_path: Iterable[Path], cache: Cache) -> tuple[Path, ...]:
    """The search path with folders for what is not in one, in the order in which Python looks."""
    folders = [_unpacked(entry, cache) if zipfile.is_zipfile(entry) else entry for entry in search_path]
    mapped = {name: place for folder in folders for name, place in _mapped(folder)}
    return (*folders, *((_linked(mapped, cache),) if mapped else ()))


def archives(search_path: Iterable[Path], searched: Iterable[Path]) -> dict[Path, Path]:
    """The archives on a search path, by the folders that are searched for them."""
    return {folder: entry for entry, folder in zip(search_path, searched, strict=False) if folder != entry}


def _unpacked(archive: Path, cache: Cache) -> Path:
    # Metadata in an egg is found by the egg's name (importlib/metadata/__init__.py, Lookup).
    folder = cache.path("unpacked", digest(archive.read_bytes(), archive.name), "")
    if not folder.exists():
        with cache.workplace("unpacked") as work, zipfile.ZipFile(archive) as contents:
            contents.extractall(work / "contents" / archive.name)
            _put(work / "contents", folder, cache)
    cache.mark_used(folder)
    return folder / archive.name


def _mapped(folder: Path) -> Iterator[tuple[str, Path]]:
    """Modules that editable installs of one folder map, by their full names."""
    # Setuptools writes `__editable___x_finder.py`, those who use `editables` `_editable_impl_x.py`.
    for path in sorted((*folder.glob("__editable__*_finder.py"), *folder.glob("_editable_impl_*.py"))):
        with contextlib.suppress(OSError, SyntaxError, ValueError):
            for node in ast.walk(ast.parse(path.read_bytes())):
                match node:
                    case (
                        ast.Assign([ast.Name("MAPPING")], ast.Dict() as table)
                        | ast.AnnAssign(ast.Name("MAPPING"), value=ast.Dict() as table)
                    ):
                        yield from ((name, Path(place)) for name, place in ast.literal_eval(table).items())
                    case ast.Call(
                        ast.Attribute(attr="map_module"), [ast.Constant(str(name)), ast.Constant(str(place))]
                    ):
                        yield name, Path(place)


def _linked(mapped: Mapping[str, Path], cache: Cache) -> Path:
    """A folder in which modules are found under their names."""
    links = dict(_links(mapped))
    folder = cache.path(_LINKS, digest(*(f"{link}={target}" for link, target in sorted(links.items()))), "")
    if not folder.exists():
        with cache.workplace(_LINKS) as work:
            (work / "links").mkdir()
            for link, target in links.items():
                (work / "links" / link).parent.mkdir(parents=True, exist_ok=True)
                (work / "links" / link).symlink_to(target)
            _put(work / "links", folder, cache)
    cache.mark_used(folder)
    return folder


def _links(mapped: Mapping[str, Path]) -> Iterator[tuple[str, Path]]:
    for name, place in mapped.items():
        place = place.parent if place.name == "__init__.py" else place  # noqa: PLW2901  # a package is its folder
        inside = any(name.startswith(f"{other}.") for other in mapped)
        source = place if place.is_dir() else place.with_suffix(".py")
        if source.exists() and not inside:
            yield name.replace(".", "/") + ("" if source.is_dir() else ".py"), source


def _put(made: Path, folder: Path, cache: Cache) -> None:
    """Make a folder an entry; another build may have been faster."""
    try:
        cache.move(made, folder)
    except OSError:
        if not folder.exists():
            raise
