/* The module that asks: the one that is being imported. Notes tell when its body begins and ends. Each question between them is
   told with the line of the body that runs, and with the file of the code that asks. */

#include "snapshot/askers.h"

#include "bundle.h"
#include "executable/executable.h"
#include "lifetime.h"
#include "snapshot/generators.h"
#include "snapshot/output.h"
#include "world/world.h"

#include <stdio.h>
#include <string.h>

PER_PROCESS static uint32_t owners;
PER_PROCESS static PyObject *load_module; /* of importlib, or what stands in its place */
PER_PROCESS static PyObject *load_function;
PER_PROCESS static void (*after_import)(void);

/* Hand what was printed on to the C library: it belongs to the module that runs. */
static void
flush_streams(void)
{
    static const char *const names[] = {"stdout", "stderr"};
    for (size_t i = 0; i < 2; i++) {
        PyObject *stream = PySys_GetObject(names[i]);
        PyObject *result = stream && stream != Py_None ? PyObject_CallMethod(stream, "flush", NULL) : NULL;
        Py_XDECREF(result);
        PyErr_Clear();
    }
    fflush(NULL);
}

PER_PROCESS static PyThreadState *thread;

PER_PROCESS static const char *running_path;

/* Does code of this file ask for itself? These ask for others: the interpreter's own, and the recorder's. */
static bool
asks_for_itself(const char *path)
{
    static const char *const others[] = {BUNDLE_ROOT "/os.py", BUNDLE_ROOT "/posixpath.py",
                                         BUNDLE_ROOT "/genericpath.py", BUNDLE_ROOT "/_collections_abc.py"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(path, others[i]) == 0) {
            return false;
        }
    }
    return *path != '<';
}

static struct bundle_place
place(void)
{
    const char *path = compat_running_path(thread, asks_for_itself);
    bool is_ours = path && strncmp(path, BUNDLE_ROOT "/", sizeof BUNDLE_ROOT) == 0;
    return (struct bundle_place){compat_module_line(thread, running_path), is_ours ? path + sizeof BUNDLE_ROOT : NULL};
}

/* The generator behind the functions of `random`: if its state is another, the module that runs has drawn from it, or seeded it. */
static void
note_drawn(void)
{
    PER_PROCESS static uint64_t before;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    uint64_t now = bundle_shared_state();
    PyErr_Restore(type, value, traceback);
    if (before && now != before) {
        bundle_note("drawn", NULL);
    }
    before = now;
}

/* If `sys.argv` is another list, the module that runs has put it there. */
static void
note_arguments(void)
{
    PER_PROCESS static PyObject *before;
    PyObject *now = PySys_GetObject("argv"); /* borrowed */
    if (before && now != before) {
        bundle_note("arguments", "set");
    }
    before = now;
}

void
bundle_note_streams(void)
{
    static const char *const names[] = {"stdin", "stdout", "stderr"};
    PER_PROCESS static PyObject *before[sizeof names / sizeof *names];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        PyObject *now = PySys_GetObject(names[i]); /* borrowed */
        if (before[i] && now != before[i]) {
            bundle_note("stream-change", names[i]);
        }
        before[i] = now;
    }
}

struct bundle_running
bundle_begin_module(const char *name)
{
    note_drawn();
    note_arguments();
    bundle_note_streams();
    bundle_note_shown_variables();
    bundle_note("begin", name);
    bool is_steady = false;
    for (const char *const *each = bundle.snapshot->request->steady; each && *each; each++) {
        is_steady |= strcmp(*each, name) == 0;
    }
    bundle_begin_period();
    const struct bundle_module *module = bundle_find_module(name);
    struct bundle_running before = {bundle_set_owner(++owners | (is_steady ? BUNDLE_STEADY : 0)), running_path};
    running_path = module ? module->path : NULL;
    return before;
}

void
bundle_end_module(struct bundle_running before, const char *name)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    flush_streams();
    note_drawn();
    note_arguments();
    bundle_note_streams();
    bundle_note_shown_variables();
    PyErr_Restore(type, value, traceback);
    bundle_set_owner(before.owner);
    running_path = before.path;
    bundle_note(type ? "fail" : "end", name);
    bundle_begin_period();
}

/* In place of importlib._bootstrap._load_unlocked(spec). */
static PyObject *
load_noted(PyObject *self, PyObject *spec)
{
    (void)self;
    PyObject *name = PyObject_GetAttrString(spec, "name");
    const char *text = name ? PyUnicode_AsUTF8(name) : NULL;
    PyObject *module = NULL;
    if (text) {
        struct bundle_running before = bundle_begin_module(text);
        module = PyObject_CallOneArg(load_module, spec);
        bundle_end_module(before, text);
        if (module) {
            after_import();
        }
    }
    Py_XDECREF(name);
    return module;
}

PER_PROCESS static PyMethodDef load_method = {"load", load_noted, METH_O, NULL};

static PyObject *
bootstrap(void)
{
    return PyImport_AddModule("_frozen_importlib"); /* borrowed */
}

void
bundle_note_imports(void (*after)(void))
{
    after_import = after;
    load_module = PyObject_GetAttrString(bootstrap(), "_load_unlocked");
    load_function = PyCFunction_New(&load_method, NULL);
    if (!load_module || !load_function || PyObject_SetAttrString(bootstrap(), "_load_unlocked", load_function) < 0) {
        bundle_give_up("no memory");
    }
}

void
bundle_note_places(void)
{
    thread = PyThreadState_Get();
    bundle_set_locator(place);
}

void
bundle_note_imports_no_more(void)
{
    PyObject_SetAttrString(bootstrap(), "_load_unlocked", load_module);
    Py_CLEAR(load_module);
    Py_CLEAR(load_function);
}
