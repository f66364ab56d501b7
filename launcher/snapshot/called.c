/* The code that runs while modules are imported. A function that nobody has called has used no answer of the machine, so whoever
   looks for uses passes it over (bundler/snapshot/worker/uses.py). Functions that were compiled to C are not seen here. */

#include "snapshot/called.h"

#include "bundle.h"
#include "lifetime.h"

#include <string.h>

PER_PROCESS static PyObject *seen; /* by addresses of code objects: these, and the names of their modules */

static bool
is_ours(PyCodeObject *code)
{
    const char *path = PyUnicode_AsUTF8(code->co_filename);
    PyErr_Clear();
    return path && strncmp(path, BUNDLE_ROOT "/", sizeof BUNDLE_ROOT) == 0;
}

static int
add(PyObject *key, PyCodeObject *code, PyFrameObject *frame)
{
    PyObject *globals = PyFrame_GetGlobals(frame);
    PyObject *name = globals ? PyDict_GetItemString(globals, "__name__") : NULL; /* borrowed */
    PyObject *entry = PyTuple_Pack(2, code, name && is_ours(code) ? name : Py_None);
    int status = entry ? PyDict_SetItem(seen, key, entry) : -1;
    Py_XDECREF(entry);
    Py_XDECREF(globals);
    return status;
}

static int
watch(PyObject *self, PyFrameObject *frame, int what, PyObject *argument)
{
    (void)self, (void)argument;
    if (what != PyTrace_CALL) {
        return 0;
    }
    PyCodeObject *code = PyFrame_GetCode(frame);
    PyObject *key = PyLong_FromVoidPtr(code);
    int status = key ? PyDict_Contains(seen, key) : -1;
    if (status == 0) {
        status = add(key, code, frame);
    }
    Py_XDECREF(key);
    Py_DECREF(code);
    return status < 0 ? -1 : 0;
}

int
bundle_watch_called(void)
{
    seen = PyDict_New();
    if (seen) {
        PyEval_SetProfile(watch, NULL);
    }
    return seen ? 0 : -1;
}

static PyObject *
lines(void)
{
    PyObject *found = PyList_New(0);
    PyObject *key, *entry;
    for (Py_ssize_t at = 0; found && PyDict_Next(seen, &at, &key, &entry);) {
        PyObject *name = PyTuple_GET_ITEM(entry, 1);
        if (PyUnicode_Check(name)) {
            int number = ((PyCodeObject *)PyTuple_GET_ITEM(entry, 0))->co_firstlineno;
            PyObject *line = PyUnicode_FromFormat("%U\t%d\n", name, number);
            if (!line || PyList_Append(found, line) < 0) {
                Py_CLEAR(found);
            }
            Py_XDECREF(line);
        }
    }
    PyObject *nothing = PyUnicode_FromString("");
    PyObject *text = found && nothing ? PyUnicode_Join(nothing, found) : NULL;
    Py_XDECREF(nothing);
    Py_XDECREF(found);
    PyObject *bytes = text ? PyUnicode_AsUTF8String(text) : NULL;
    Py_XDECREF(text);
    return bytes;
}

PyObject *
bundle_called(void)
{
    bool is_all = PyThreadState_Get()->c_profilefunc == watch;
    PyEval_SetProfile(NULL, NULL);
    PyObject *found = is_all ? lines() : Py_NewRef(Py_None);
    Py_CLEAR(seen);
    return found;
}
