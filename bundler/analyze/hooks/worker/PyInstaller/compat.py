"""Constants about the target interpreter and its platform (it runs this)."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata as importlib_metadata
import os
import platform
import shutil
import site
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from types import FunctionType
from typing import Any

from . import _job
from .exceptions import ExecCommandFailed

__all__ = ["importlib_metadata"]

strict_collect_mode = False

is_py35 = is_py36 = is_py37 = is_py38 = is_py39 = is_py310 = is_py311 = True
is_py312 = sys.version_info >= (3, 12)
is_py313 = sys.version_info >= (3, 13)
is_py314 = sys.version_info >= (3, 14)
is_py315 = sys.version_info >= (3, 15)

is_64bits = sys.maxsize > 2**32
is_win = is_win_10 = is_win_11 = is_win_wine = is_cygwin = False
is_darwin = is_macos_11 = is_macos_11_compat = is_macos_11_native = False
is_linux = True
is_solar = is_aix = is_freebsd = is_openbsd = is_hpux = is_termux = False
is_unix = True
is_musl = "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or "")
is_ms_app_store = False
is_nogil = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))

base_prefix = os.path.abspath(getattr(sys, "real_prefix", getattr(sys, "base_prefix", sys.prefix)))
is_venv = is_virtualenv = base_prefix != os.path.abspath(sys.prefix)
is_conda = os.path.isdir(os.path.join(base_prefix, "conda-meta"))
is_pure_conda = os.path.isdir(os.path.join(sys.prefix, "conda-meta"))
python_executable = sys.executable

system = "Linux"
architecture = "64bit"
machine = "intel" if platform.machine() in {"x86_64", "i686", "AMD64"} else platform.machine()

EXTENSION_SUFFIXES = importlib.machinery.EXTENSION_SUFFIXES
ALL_SUFFIXES = importlib.machinery.all_suffixes()
PYDYLIB_NAMES = {f"libpython{sys.version_info[0]}.{sys.version_info[1]}.so.1.0"}
PYTHON_SHARED_LIBRARY_NAMES = PYDYLIB_NAMES
SEPARATORS = {os.sep}

# Kinds of graph nodes, by the names of their classes (lib/modulegraph).
PURE_PYTHON_MODULE_TYPES = {
    "SourceModule",
    "CompiledModule",
    "Package",
    "NamespacePackage",
    "FrozenPackage",
    "FrozenModule",
}
SPECIAL_MODULE_TYPES = {"AliasNode", "BuiltinModule", "RuntimeModule", "RuntimePackage", "Script"}
BINARY_MODULE_TYPES = {"Extension", "ExtensionPackage"}
VALID_MODULE_TYPES = PURE_PYTHON_MODULE_TYPES | SPECIAL_MODULE_TYPES | BINARY_MODULE_TYPES
BAD_MODULE_TYPES = {
    "BadModule",
    "ExcludedModule",
    "InvalidSourceModule",
    "InvalidCompiledModule",
    "MissingModule",
    "InvalidRelativeImport",
}
ALL_MODULE_TYPES = VALID_MODULE_TYPES | BAD_MODULE_TYPES
MODULE_TYPES_TO_TOC_DICT = {
    "SourceModule": "PYMODULE",
    "Package": "PYMODULE",
    "NamespacePackage": "PYMODULE",
    "Extension": "EXTENSION",
    "ExtensionPackage": "EXTENSION",
    "BuiltinModule": "BUILTIN",
}
PY3_BASE_MODULES = {
    "_collections_abc",
    "_weakrefset",
    "abc",
    "codecs",
    "collections",
    "copyreg",
    "encodings",
    "enum",
    "functools",
    "genericpath",
    "io",
    "heapq",
    "keyword",
    "linecache",
    "locale",
    "ntpath",
    "operator",
    "os",
    "posixpath",
    "re",
    "reprlib",
    "stat",
    "traceback",
    "types",
    "warnings",
    "weakref",
}


def getenv(name: str, default: str | None = None) -> str | None:
    """An environment variable."""
    return os.environ.get(name, default)


def setenv(name: str, value: str) -> None:
    """Set an environment variable, for what the hook starts."""
    os.environ[name] = value


def unsetenv(name: str) -> None:
    """Remove an environment variable."""
    os.environ.pop(name, None)


def getsitepackages(prefixes: Iterable[str] | None = None) -> list[str]:
    """Folders of installed packages."""
    return site.getsitepackages(list(prefixes) if prefixes is not None else None)


def getcwd() -> str:
    """The current folder."""
    return os.getcwd()


def is_wine_dll(filename: object) -> bool:
    """False: there is no Wine here."""
    return False


# --- Commands ---------------------------------------------------------------------------------------------------------


def exec_command(*cmdargs: str, encoding: str | None = None, raise_enoent: bool | None = None) -> str:
    """Standard output of a command; "" when there is no such command, unless `raise_enoent`."""
    try:
        done = subprocess.run(cmdargs, stdout=subprocess.PIPE, check=False, encoding=encoding or "utf-8")
    except OSError as error:
        if raise_enoent:
            raise
        raise ExecCommandFailed(f"`{cmdargs[0]}` could not be started: {error}") from error
    return done.stdout


def exec_command_rc(*cmdargs: str, **kwargs: Any) -> int:
    """The exit status of a command."""
    return subprocess.call(cmdargs, **kwargs)


def exec_command_all(*cmdargs: str, encoding: str | None = None, **kwargs: Any) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    done = subprocess.run(cmdargs, capture_output=True, check=False, encoding=encoding or "utf-8", **kwargs)
    return done.returncode, done.stdout, done.stderr


def exec_command_stdout(*command_args: str, encoding: str | None = None, **kwargs: Any) -> str | bytes:
    """Standard output of a command; an error when it fails."""
    done = subprocess.run(command_args, stdout=subprocess.PIPE, check=True, encoding=encoding, **kwargs)
    output: str | bytes = done.stdout
    return output


def exec_python(*args: str, **kwargs: Any) -> str:
    """Standard output of the target interpreter with these arguments."""
    return exec_command(*_job.emulator, sys.executable, *args)


def exec_python_rc(*args: str, **kwargs: Any) -> int:
    """The exit status of the target interpreter with these arguments."""
    return exec_command_rc(*_job.emulator, sys.executable, *args, **kwargs)


def which(name: str) -> str | None:
    """The path of a command."""
    return shutil.which(name)


def wrap(function: FunctionType) -> FunctionType:
    """For Windows' wide-character functions; nothing to do."""
    return function


def check_requirements() -> None:
    """Do nothing: the needs of a build were checked before hooks run."""
