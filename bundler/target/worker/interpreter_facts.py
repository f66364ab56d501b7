"""Print facts about the running interpreter as JSON; `probe.py` reads them. Run as a script."""

import sys

LOADED = frozenset(sys.modules)  # before this file imports anything, `__future__` included

import _imp  # noqa: E402
import importlib.machinery  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import platform  # noqa: E402
import sysconfig  # noqa: E402

TYPE_CHECKING = False
if TYPE_CHECKING:  # it is run as a script, by interpreters that are refused too
    from bundler.target.worker.schema import InterpreterFacts


def early_modules() -> list:  # type: ignore[type-arg]  # Pythons that are refused later come this far
    """Top-level names that no program can take with a file of its own.

    Modules in `sys.modules` are not looked for. `FrozenImporter` stands before the path finder on `sys.meta_path`
    (Lib/importlib/_bootstrap_external.py, _install).
    """
    names: list = getattr(_imp, "_frozen_module_names", list)()  # type: ignore[type-arg]  # since 3.11
    frozen = {name for name in names if importlib.machinery.FrozenImporter.find_spec(name) is not None}
    return sorted({name.partition(".")[0] for name in LOADED | frozen} - {"__main__"})


def facts() -> "InterpreterFacts":
    """Facts about this interpreter."""
    variables = sysconfig.get_config_vars()
    names = ("LIBPL", "LIBDIR", "LIBRARY", "INSTSONAME", "LIBS", "SYSLIBS", "MODLIBS", "MULTIARCH")
    paths = sysconfig.get_paths()
    return {
        "implementation": sys.implementation.name,
        "version": list(sys.version_info[:3]),
        "version_text": platform.python_version(),
        "hexversion": sys.hexversion,
        "platlibdir": getattr(sys, "platlibdir", "lib"),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "path": [os.path.abspath(entry) for entry in sys.path if entry],  # noqa: PTH100  # no import of pathlib for it
        "stdlib": paths["stdlib"],
        "include": [paths["include"], paths["platinclude"]],
        "builtin": list(sys.builtin_module_names),
        "stdlib_modules": sorted(getattr(sys, "stdlib_module_names", ())),
        "early_modules": early_modules(),
        "suffixes": importlib.machinery.EXTENSION_SUFFIXES,
        "variables": {name: variables.get(name) or "" for name in names},
        "debug": bool(variables.get("Py_DEBUG")) or bool(variables.get("Py_TRACE_REFS")),
        "free_threaded": bool(variables.get("Py_GIL_DISABLED")),
        "platform": sys.platform,
        "machine": platform.machine(),
        "is_64bit": sys.maxsize > 2**32,
        "libc": platform.libc_ver()[0],
        "markers": {
            "implementation_name": sys.implementation.name,
            "implementation_version": platform.python_version(),
            "os_name": os.name,
            "platform_machine": platform.machine(),
            "platform_python_implementation": platform.python_implementation(),
            "platform_release": platform.release(),
            "platform_system": platform.system(),
            "platform_version": platform.version(),
            "python_full_version": platform.python_version(),
            "python_version": ".".join(platform.python_version_tuple()[:2]),
            "sys_platform": sys.platform,
        },
    }


def main() -> None:
    """Write the facts to standard output."""
    json.dump(facts(), sys.stdout)


if __name__ == "__main__":
    main()
