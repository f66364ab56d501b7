"""Lists what a binary holds of others' making."""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from bundler import __version__
from bundler.analyze.graph import Distribution
from bundler.contract import bundle_constant
from bundler.link import LinkPlan
from bundler.link.model import StaticLink
from bundler.release.components import Component, ComponentKind, Inventory
from bundler.release.delivery import Delivery
from bundler.release.native import native_libraries
from bundler.target import TargetPython

_OWN_NAME = "deepbundle"  # of our distribution

# A licence in METADATA may be its whole text; then the classifiers name it.
_LONGEST_NAME = 80
_GPL = "the whole program must be under the same licence, or the component must be left out"
_LGPL = "users must be able to link the program with another version of it (docs/portability.md)"
_STRONG_COPYLEFT = ("GPL", "GNU GENERAL PUBLIC", "GNU AFFERO")
_WEAK_COPYLEFT = ("LGPL", "LESSER", "WITH GCC-EXCEPTION", "CLASSPATH-EXCEPTION", " OR ")


def take_inventory(
    plan: LinkPlan, distributions: Iterable[Distribution], delivery: Delivery, target: TargetPython
) -> Inventory:
    """The components of a planned binary, but for the project's own distribution."""
    found = [each for each in distributions if each.name != delivery.project]
    libraries = frozenset(_library_files(plan))
    brought = {each.name: libraries.intersection(_files(each)) for each in found}
    modules = frozenset((*plan.manifest.extensions, *plan.manifest.builtin))
    return Inventory(
        plan.manifest.name,
        delivery.version,
        (
            _python(target),
            _launcher(),
            *(_c_library(plan.static) if plan.static is not None else ()),
            *(
                distribution_component(each, brought[each.name], target)
                for each in sorted(found, key=lambda each: each.name)
            ),
            *native_libraries(libraries.difference(*brought.values()), modules, target),
        ),
    )


def _library_files(plan: LinkPlan) -> Iterator[Path]:
    """Shared objects that are neither extension modules nor libpython."""
    kind = bundle_constant("BUNDLE_EXTENSION")
    modules = {module.path for module in plan.contents.modules if module.kind == kind}
    prelinked = ((each.path, each.object.path) for each in plan.prelinked.objects)
    carried = ((each.library.path, each.library.object.path) for each in plan.contents.libraries.carried)
    for path, source in (*prelinked, *carried):
        if path not in modules and not source.name.startswith("libpython"):
            yield source


def _python(target: TargetPython) -> Component:
    version = f"{target.version[0]}.{target.version[1]}"
    texts = (target.stdlib / "LICENSE.txt", target.system.file(f"/usr/share/doc/python{version}/copyright"))
    return Component(
        ComponentKind.PYTHON,
        "cpython",
        target.version_text,
        "PSF-2.0",
        is_expression=True,
        texts=tuple(text for text in texts if text.is_file())[:1],
    )


def _launcher() -> Component:
    """Our own part of the binary."""
    try:
        files = importlib.metadata.files(_OWN_NAME) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    texts = (Path(str(file.locate())) for file in files if file.name == "LICENSE")
    return Component(ComponentKind.LIBRARY, "bundler", __version__, "MIT", is_expression=True, texts=tuple(texts))


def _c_library(static: StaticLink) -> Iterator[Component]:
    """The C library, where it is part of the binary."""
    text = Path("/usr/share/doc/libc6-dev/copyright")
    yield Component(
        ComponentKind.LIBRARY,
        "glibc",
        static.library.version,
        "LGPL-2.1-or-later",
        is_expression=True,
        texts=(text,) if text.is_file() else (),
        files=static.library.archives,
        duty=_LGPL,
    )


# --- Distributions ----------------------------------------------------------------------------------------------------


def _files(distribution: Distribution) -> Iterator[Path]:
    if distribution.metadata is not None:
        for file in importlib.metadata.PathDistribution(distribution.metadata).files or ():
            yield Path(str(file.locate()))


def distribution_component(distribution: Distribution, libraries: Iterable[Path], target: TargetPython) -> Component:
    """A distribution, with the shared libraries that it brings."""
    if distribution.metadata is None:
        return Component(ComponentKind.DISTRIBUTION, distribution.name, distribution.version)
    found = importlib.metadata.PathDistribution(distribution.metadata)
    licence, is_expression = _licence(found)
    words = licence.upper()
    is_strong = any(word in words for word in _STRONG_COPYLEFT) and not any(word in words for word in _WEAK_COPYLEFT)
    return Component(
        ComponentKind.DISTRIBUTION,
        distribution.name,
        distribution.version,
        licence,
        is_expression=is_expression,
        texts=tuple(_licence_files(distribution.metadata)),
        files=tuple(sorted(libraries)),
        requires=tuple(sorted(set(_requires(found, target)))),
        duty=_GPL if is_strong else "",
        installed_sha256=installed_files_digest(found),
    )


# What installers write into .dist-info beside what the wheel holds (packaging.python.org, "Recording installed projects").
_OF_INSTALLERS = ("INSTALLER", "REQUESTED", "direct_url.json", "provenance_url.json", "uv_cache.json", "uv_build.json")


def installed_files_digest(found: importlib.metadata.Distribution) -> str:
    """The SHA-256 of the files that RECORD lists, or "" where it tells nothing: of an egg or of an editable installation.

    It is that of lines `PATH,HASH`, as RECORD has them, in the order of their bytes. The wheel alone decides them: rows are
    left out that depend on the installer, or on the environment's place, such as scripts, which name its Python.
    """
    if _is_editable(found):
        return ""
    rows = csv.reader(io.StringIO(found.read_text("RECORD") or "", newline=""))
    lines = sorted(
        f"{row[0]},{row[1]}\n".encode() for row in rows if len(row) > 1 and row[1] and _is_of_the_wheel(row[0])
    )
    return hashlib.sha256(b"".join(lines)).hexdigest() if lines else ""


def _is_of_the_wheel(path: str) -> bool:
    parts = PurePosixPath(path).parts
    # Scripts and shared data are outside of the package folder.
    is_inside = parts[:1] not in ((), ("..",), ("/",))
    is_made_later = "__pycache__" in parts or (parts[-1] in _OF_INSTALLERS and parts[0].endswith(".dist-info"))
    return is_inside and not is_made_later


def _is_editable(found: importlib.metadata.Distribution) -> bool:
    """True if PEP 610's direct_url.json says so: files of the project are elsewhere, and RECORD lists how to find them."""
    try:
        url = json.loads(found.read_text("direct_url.json") or "{}")
    except ValueError:
        return False
    return bool(url.get("dir_info", {}).get("editable"))


def _licence(found: importlib.metadata.Distribution) -> tuple[str, bool]:
    """The licence, and whether it is an SPDX expression (core metadata 2.4)."""
    metadata = found.metadata
    [expression, *_] = metadata.get_all("License-Expression") or [""]
    if expression:
        return expression, True
    classifiers = [each for each in metadata.get_all("Classifier") or () if each.startswith("License ::")]
    names = [each.rpartition(" :: ")[2] for each in classifiers]
    [name, *_] = metadata.get_all("License") or [""]
    is_name = name and "\n" not in name and len(name) <= _LONGEST_NAME and name != "UNKNOWN"
    return (name if is_name else " / ".join(names)), False


_LICENCE_NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "AUTHORS", "COPYRIGHT")


def _licence_files(metadata: Path) -> Iterator[Path]:
    """Texts in a .dist-info: in its folder `licenses` (PEP 639), or beside METADATA."""
    inner = metadata / "licenses"
    yield from sorted(path for path in inner.rglob("*") if path.is_file())
    yield from sorted(
        path for path in metadata.iterdir() if path.is_file() and path.name.upper().startswith(_LICENCE_NAMES)
    )


def _requires(found: importlib.metadata.Distribution, target: TargetPython) -> Iterator[str]:
    for text in found.requires or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue  # of old packages; pip ignores them as well
        if requirement.marker is None or requirement.marker.evaluate({**target.markers, "extra": ""}):
            yield canonicalize_name(requirement.name)
