/* Statements of modules that are run again at each start, so that names get the values that this machine gives them.

   A path is changed in place: whoever has a copy of the name, such as the default of a compiled function or a field of an object,
   has the new value too. Other objects are replaced, and the build looks for the copies. */

#include "snapshot/statements.h"

#include "lifetime.h"
#include "snapshot/generators.h"
#include "world/world.h"

#include <stdbool.h>

/* A list of (dict of a module, code, (name, ...)), for the names whose objects are changed in place; and the lines that tell
   these. */
PER_PROGRAM static PyObject *statements, *kept;

/* Run code as if it stood in a module: the names that it writes are the module's. */
static PyObject *
run_in(PyObject *space, PyObject *code)
{
    bool is_whole = PyDict_GetItemString(space, "__builtins__") != NULL; /* modules in C have none */
    PyObject *globals = is_whole ? Py_NewRef(space) : PyDict_New();
    PyObject *result = NULL;
    if (globals && (is_whole || PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) == 0)) {
        result = PyEval_EvalCode(code, globals, space);
    }
    Py_XDECREF(globals);
    return result;
}

/* --- Objects that get a new value ------------------------------------------------------------------------------------- */

/* Is this a path of pathlib, of no subclass, that holds all that it is in its slots? */
static bool
is_path(PyObject *value)
{
    static const char *const names[] = {"PosixPath", "PurePosixPath"};
    PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "pathlib"); /* borrowed */
    bool is_one = false;
    for (size_t i = 0; module && i < sizeof names / sizeof *names; i++) {
        PyObject *type = PyObject_GetAttrString(module, names[i]);
        PyErr_Clear();
        is_one |= type == (PyObject *)Py_TYPE(value);
        Py_XDECREF(type);
    }
    PyTypeObject *type = Py_TYPE(value);
    return is_one && !type->tp_itemsize && !type->tp_dictoffset && !type->tp_weaklistoffset;
}

/* Was the hash of a path asked for? Then it may be a key of a dictionary, and must stay what it is. */
static bool
is_hashed(PyObject *path)
{
    PyObject *hash = PyObject_GetAttrString(path, "_hash");
    PyErr_Clear();
    Py_XDECREF(hash);
    return hash != NULL;
}

/* Give a path what another holds: all of it lies in slots (typeobject.c, type_new_slots). */
static void
take_slots(PyObject *path, PyObject *other)
{
    PyObject **own = (PyObject **)(path + 1), **others = (PyObject **)(other + 1);
    size_t count = ((size_t)Py_TYPE(path)->tp_basicsize - sizeof(PyObject)) / sizeof(PyObject *);
    for (size_t i = 0; i < count; i++) {
        PyObject *before = own[i];
        own[i] = Py_XNewRef(others[i]);
        Py_XDECREF(before);
    }
}

/* Let a name of a module stand for the object that it stood for, with the value that it has got. 1, 0 where the object must be
   another, or -1 with an exception set. */
static int
keep_object(PyObject *space, PyObject *name, PyObject *before)
{
    PyObject *now = PyDict_GetItemWithError(space, name); /* borrowed */
    if (!now || now == before || Py_TYPE(now) != Py_TYPE(before) || !is_path(before) || is_hashed(before)) {
        return PyErr_Occurred() ? -1 : 0;
    }
    take_slots(before, now);
    return PyDict_SetItem(space, name, before) < 0 ? -1 : 1;
}

/* The names of code that stand for paths, with these. A new reference, or NULL. */
static PyObject *
paths_of(PyObject *space, PyObject *names)
{
    PyObject *found = PyDict_New();
    for (Py_ssize_t i = 0; found && i < PyTuple_GET_SIZE(names); i++) {
        PyObject *value = PyDict_GetItemWithError(space, PyTuple_GET_ITEM(names, i)); /* borrowed */
        int status = value && is_path(value) ? PyDict_SetItem(found, PyTuple_GET_ITEM(names, i), value) : 0;
        if (status < 0 || PyErr_Occurred()) {
            Py_CLEAR(found);
        }
    }
    return found;
}

/* Run code in a module. The names, of those given, whose objects were changed in place: a new reference, or NULL. */
static PyObject *
run_keeping(PyObject *space, PyObject *code, PyObject *names)
{
    PyObject *before = paths_of(space, names);
    PyObject *result = before ? run_in(space, code) : NULL;
    PyObject *changed = result ? PyList_New(0) : NULL;
    PyObject *name, *path;
    for (Py_ssize_t at = 0; changed && PyDict_Next(before, &at, &name, &path);) {
        int is_kept = keep_object(space, name, path);
        if (is_kept < 0 || (is_kept && PyList_Append(changed, name) < 0)) {
            Py_CLEAR(changed);
        }
    }
    PyObject *found = changed ? PyList_AsTuple(changed) : NULL;
    Py_XDECREF(changed);
    Py_XDECREF(result);
    Py_XDECREF(before);
    return found;
}

/* --- Before the recording, and at each start ---------------------------------------------------------------------------- */

/* Tell the names. 0, or -1 with an exception set. */
static int
tell_kept(PyObject *module, PyObject *names)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); i++) {
        PyObject *line = PyUnicode_FromFormat("%U %U:object", module, PyTuple_GET_ITEM(names, i));
        int status = line ? PyList_Append(kept, line) : -1;
        Py_XDECREF(line);
        if (status < 0) {
            return -1;
        }
    }
    return 0;
}

static int
prepare(PyObject *module, PyObject *code)
{
    PyObject *loaded = PyImport_GetModule(module);
    if (!loaded) {
        return PyErr_Occurred() ? -1 : 0;
    }
    PyObject *space = PyModule_GetDict(loaded);
    PyObject *names = PyObject_GetAttrString(code, "co_names");
    bundle_note("again", PyUnicode_AsUTF8(module));
    PyObject *changed = names ? run_keeping(space, code, names) : NULL;
    bundle_note("again-end", NULL);
    PyObject *entry = changed ? PyTuple_Pack(3, space, code, changed) : NULL;
    int status = entry && PyList_Append(statements, entry) == 0 ? tell_kept(module, changed) : -1;
    Py_XDECREF(entry);
    Py_XDECREF(changed);
    Py_XDECREF(names);
    Py_DECREF(loaded);
    return status;
}

int
bundle_prepare_statements(PyObject *again)
{
    statements = PyList_New(0);
    kept = PyList_New(0);
    int status = statements && kept ? bundle_seed_alike() : -1;
    for (Py_ssize_t i = 0; status == 0 && i < PyTuple_GET_SIZE(again); i++) {
        PyObject *pair = PyTuple_GET_ITEM(again, i);
        status = prepare(PyTuple_GET_ITEM(pair, 0), PyTuple_GET_ITEM(pair, 1));
    }
    bundle_unseed();
    return status;
}

int
bundle_try_statements(PyObject *again)
{
    int status = bundle_seed_by_chance();
    for (Py_ssize_t i = 0; status == 0 && i < PyTuple_GET_SIZE(again); i++) {
        PyObject *module = PyImport_GetModule(PyTuple_GET_ITEM(PyTuple_GET_ITEM(again, i), 0));
        PyObject *code = PyTuple_GET_ITEM(PyTuple_GET_ITEM(again, i), 1);
        PyObject *names = module ? PyObject_GetAttrString(code, "co_names") : NULL;
        PyObject *changed = names ? run_keeping(PyModule_GetDict(module), code, names) : NULL;
        status = changed || (!module && !PyErr_Occurred()) ? 0 : -1;
        Py_XDECREF(changed);
        Py_XDECREF(names);
        Py_XDECREF(module);
    }
    bundle_unseed();
    return status;
}

PyObject *
bundle_names_kept(void)
{
    PyObject *lines = kept;
    kept = NULL;
    return lines;
}

int
bundle_run_statements(void)
{
    int status = 0;
    for (Py_ssize_t i = 0; status == 0 && i < PyList_GET_SIZE(statements); i++) {
        PyObject *entry = PyList_GET_ITEM(statements, i);
        PyObject *changed =
            run_keeping(PyTuple_GET_ITEM(entry, 0), PyTuple_GET_ITEM(entry, 1), PyTuple_GET_ITEM(entry, 2));
        status = changed ? 0 : -1;
        Py_XDECREF(changed);
    }
    Py_CLEAR(statements);
    return status;
}
