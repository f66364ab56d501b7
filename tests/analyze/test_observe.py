"""What watching the import of a compiled module tells."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

from bundler.target.workers import worker_command

_MODULE = """
#include <Python.h>
static int fill(PyObject *module) {
    %s
    return 0;
}
static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "watched", NULL, 0, NULL, slots};
PyMODINIT_FUNC PyInit_watched(void) { return PyModuleDef_Init(&definition); }
"""

_IMPORTS = """
    const char *names[] = {"beside.colorsys", "nowhere_to_be_found", "colorsys"};
    for (int i = 0; i < 3; i++) {
        PyObject *found = PyImport_ImportModule(names[i]);
        if (!found) PyErr_Clear();
        Py_XDECREF(found);
    }
"""

# Python text in a C file; its finder serves a module that is nowhere else, as an archive inside the file would.
_TEXT = r"""
import sys, importlib.abc, importlib.util

class Inside(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        return importlib.util.spec_from_loader(name, self) if name == "only_inside" else None
    def exec_module(self, module):
        exec(compile("import colorsys\nfrom email import errors", "only_inside.py", "exec"), vars(module))

sys.meta_path.insert(0, Inside())
import only_inside, apart
"""


def _observed(folder: Path, statements: str) -> set[str]:
    """What a module with these statements in its initialisation imports."""
    source = folder / "watched.c"
    source.write_text(_MODULE % statements)
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    include = sysconfig.get_path("include")
    subprocess.run(["cc", "-shared", "-fPIC", f"-I{include}", "-o", folder / f"watched{suffix}", source], check=True)
    request = json.dumps({"name": "watched", "path": [str(folder), *sys.path[1:]]})
    command = worker_command([sys.executable], "analyze/read", "observe")
    answer = subprocess.run(command, input=f"{request}\n", capture_output=True, text=True, check=True).stdout
    return {*json.loads(answer)["imports"]}


def test_imports_that_fail_without_harm(tmp_path: Path):
    """A compiled module needs what it imports, but not what it looks for in vain and does without."""
    found = _observed(tmp_path, _IMPORTS)

    assert found & {"colorsys", "beside.colorsys", "nowhere_to_be_found"} == {"colorsys"}


def test_python_text_inside_a_compiled_module(tmp_path: Path):
    """Imports of Python text in a compiled module are its own; those of a file that this text imports are the file's."""
    (tmp_path / "apart.py").write_text("import sndhdr_of_apart, wave\n".replace("sndhdr_of_apart, ", ""))
    text = json.dumps(_TEXT)
    found = _observed(tmp_path, f"if (PyRun_SimpleString({text})) return -1;")

    assert {"apart", "colorsys", "email", "email.errors"} <= found
    assert found.isdisjoint({"only_inside", "wave"})
