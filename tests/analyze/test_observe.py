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
    const char *names[] = {"beside.colorsys", "nowhere_to_be_found", "colorsys"};
    for (int i = 0; i < 3; i++) {
        PyObject *found = PyImport_ImportModule(names[i]);
        if (!found) PyErr_Clear();
        Py_XDECREF(found);
    }
    return 0;
}
static PyModuleDef_Slot slots[] = {{Py_mod_exec, fill}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "watched", NULL, 0, NULL, slots};
PyMODINIT_FUNC PyInit_watched(void) { return PyModuleDef_Init(&definition); }
"""


def test_imports_that_fail_without_harm(tmp_path: Path):
    """A compiled module needs what it imports, but not what it looks for in vain and does without."""
    source = tmp_path / "watched.c"
    source.write_text(_MODULE)
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    include = sysconfig.get_path("include")
    subprocess.run(["cc", "-shared", "-fPIC", f"-I{include}", "-o", tmp_path / f"watched{suffix}", source], check=True)
    request = json.dumps({"name": "watched", "path": [str(tmp_path), *sys.path[1:]]})

    command = worker_command(Path(sys.executable), "analyze/read", "observe")
    answer = subprocess.run(command, input=f"{request}\n", capture_output=True, text=True, check=True).stdout

    assert set(json.loads(answer)["imports"]) & {"colorsys", "beside.colorsys", "nowhere_to_be_found"} == {"colorsys"}
