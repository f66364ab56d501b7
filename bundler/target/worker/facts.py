"""Print facts about the running interpreter as JSON; `probe.py` reads them."""

from __future__ import annotations

import importlib.machinery
import json
import os
import platform
import sys
import sysconfig


def main() -> None:
    """Write one JSON object to standard output."""
    variables = sysconfig.get_config_vars()
    names = ("LIBPL", "LIBDIR", "LIBRARY", "LDLIBRARY", "INSTSONAME", "LIBS", "SYSLIBS", "MODLIBS", "MULTIARCH")
    paths = sysconfig.get_paths()
    facts = {
        "implementation": sys.implementation.name,
        "version": list(sys.version_info[:3]),
        "version_text": platform.python_version(),
        "hexversion": sys.hexversion,
        "cache_tag": sys.implementation.cache_tag,
        "platlibdir": getattr(sys, "platlibdir", "lib"),
        "executable": sys.executable,
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "path": [os.path.abspath(entry) for entry in sys.path if entry],  # noqa: PTH100  # no import of pathlib for it
        "stdlib": paths["stdlib"],
        "include": [paths["include"], paths["platinclude"]],
        "builtin": list(sys.builtin_module_names),
        "stdlib_modules": sorted(getattr(sys, "stdlib_module_names", ())),
        "suffixes": importlib.machinery.EXTENSION_SUFFIXES,
        "variables": {name: variables.get(name) or "" for name in names},
        "debug": bool(variables.get("Py_DEBUG")) or bool(variables.get("Py_TRACE_REFS")),
        "free_threaded": bool(variables.get("Py_GIL_DISABLED")),
        "platform": sys.platform,
        "machine": platform.machine(),
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
    json.dump(facts, sys.stdout)


if __name__ == "__main__":
    main()
