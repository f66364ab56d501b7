"""Find the libpython to embed: the static library, or the shared one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bundler.cache import Cache
from bundler.errors import BundleError
from bundler.target.model import Libpython, Linkage, System
from bundler.target.static_libpython import missing_symbols

# How names of its own begin; those of the hash functions in modules built into it have other beginnings (3.13, 3.14).
_OWN_PREFIXES = ("Py", "_Py", "python_")


def find_libpython(  # noqa: PLR0913 - what it is found by
    executable: Path,
    version: str,
    variables: Mapping[str, str],
    wanted: Linkage | None,
    base_prefix: Path,
    system: System,
    cache: Cache,
) -> Libpython:
    """The library of the interpreter at `executable`, from its build variables (`sysconfig.get_config_vars`).

    Those name folders of its system; those of a Python that lies elsewhere, below `base_prefix`, name this machine's. BundleError
    when there is none, or not of the kind that is `wanted`.
    """
    places = {
        Linkage.STATIC: tuple(_places(_static_libraries(variables), base_prefix, system)),
        Linkage.SHARED: tuple(_places(_shared_libraries(variables), base_prefix, system)),
    }
    static, shared = (next((path for path in places[kind] if path.is_file()), None) for kind in Linkage)
    missing = missing_symbols(static, _OWN_PREFIXES, cache) if static and wanted is not Linkage.SHARED else ()
    if static and not missing and wanted is not Linkage.SHARED:
        return Libpython(Linkage.STATIC, static, tuple(_link_libraries(variables)))
    if shared and wanted is not Linkage.STATIC:
        return Libpython(Linkage.SHARED, shared)
    install = f"install the development files of Python {version} (Debian: `libpython3-dev`)"
    if missing:
        raise BundleError(
            "broken-libpython",
            f"the static libpython of `{executable}` is incomplete: it lacks what its built-in modules need",
            notes=(f"`{static}` does not define `{missing[0]}`" + (" and others" if missing[1:] else ""),),
            hint="embed the shared one with `--libpython shared`"
            if shared
            else f"{install}, the shared library included",
        )
    kind = f"no {wanted.value}" if wanted else "neither a static nor a shared"
    raise BundleError(
        "no-libpython",
        f"`{executable}` has {kind} libpython",
        notes=tuple(
            f"looked for {name} in {', '.join(folders)}"
            for kind, name in ((Linkage.STATIC, variables["LIBRARY"]), (Linkage.SHARED, variables["INSTSONAME"]))
            if (folders := [str(path.parent) for path in places[kind] if path.name == name])
        ),
        hint=f"{install}, or choose an interpreter that has them with `--python`",
    )


def _places(candidates: Iterator[Path], base_prefix: Path, system: System) -> Iterator[Path]:
    """The places on this machine of paths that an interpreter knows."""
    for path in candidates:
        yield system.file(str(path))
        if not system.is_own and path.is_relative_to(base_prefix):
            yield path


def _static_libraries(variables: Mapping[str, str]) -> Iterator[Path]:
    library = variables["LIBRARY"]
    # Debian's other archive, compiled without -fPIC, would need copies of the C library's variables.
    yield Path(variables["LIBPL"]) / f"{library.removesuffix('.a')}-pic.a"
    yield Path(variables["LIBPL"]) / library
    yield Path(variables["LIBDIR"]) / library


def _shared_libraries(variables: Mapping[str, str]) -> Iterator[Path]:
    name = variables["INSTSONAME"]
    if ".so" in name:  # else the interpreter was built without one, and this is the archive
        yield Path(variables["LIBDIR"]) / name
        yield Path(f"/usr/lib/{variables['MULTIARCH']}") / name
        yield Path(variables["LIBPL"]) / name


def _link_libraries(variables: Mapping[str, str]) -> Iterator[str]:
    """The -l options of libpython's own Makefile; search paths and rpaths of its build machine are left behind."""
    words = (word for name in ("LIBS", "SYSLIBS", "MODLIBS") for word in variables[name].split())
    yield from dict.fromkeys(word for word in words if word.startswith("-l"))
