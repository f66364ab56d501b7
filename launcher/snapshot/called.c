/* The code that runs while modules are imported. A function that nobody has called has used no answer of the machine, so whoever
   looks for uses passes it over (bundler/snapshot/worker/uses.py). Functions that were compiled to C are not seen here. */

#include "snapshot/called.h"

#include "lifetime.h"

PER_PROCESS static PyObject *seen; /* code objects by their addresses */

static int
add(PyCodeObject *code)
{
    PyObject *key = PyLong_FromVoidPtr(code); /* two code objects can be equal, of one file or of two */
    int status = key ? PyDict_SetItem(seen, key, (PyObject *)code) : -1;
    Py_XDECREF(key);
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
    int status = add(code);
    Py_DECREF(code);
    return status;
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

/* A module may change its `__name__`; the file of its code stays. */
static PyObject *
lines(void)
{
    PyObject *found = PyList_New(0);
    PyObject *key, *entry;
    for (Py_ssize_t at = 0; found && PyDict_Next(seen, &at, &key, &entry);) {
        PyCodeObject *code = (PyCodeObject *)entry;
        if (PyUnicode_FindChar(code->co_filename, '\n', 0, PyUnicode_GET_LENGTH(code->co_filename), 1) >= 0) {
            continue; /* no file of ours */
        }
        PyObject *line = PyUnicode_FromFormat("%U\t%d\n", code->co_filename, code->co_firstlineno);
        if (!line || PyList_Append(found, line) < 0) {
            Py_CLEAR(found);
        }
        Py_XDECREF(line);
    }
    PyObject *nothing = PyUnicode_FromString("");
    PyObject *text = found && nothing ? PyUnicode_Join(nothing, found) : NULL;
    Py_XDECREF(nothing);
    Py_XDECREF(found);
    PyObject *bytes = text ? PyUnicode_AsEncodedString(text, "utf-8", "surrogateescape") : NULL;
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
