/* Recording: a run of the executable up to where the program's own code begins; then its memory is written (write.c).

   The build has written its request into a copy of the executable (bundle.h); nothing in the environment makes a program
   record. What differs between two machines, or two starts, is answered alike (world/), in a process that is like every other
   (alike.c). */

#include "snapshot/adopt.h"

#include "interposed.h"
#include "interpreter/interpreter.h"
#include "lifetime.h"
#include "loader/loader.h"
#include "snapshot/askers.h"
#include "snapshot/called.h"
#include "snapshot/output.h"
#include "snapshot/snapshot.h"
#include "snapshot/statements.h"
#include "snapshot/write.h"
#include "world/world.h"

#include <locale.h>
#include <marshal.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

PyDoc_STRVAR(note_doc, "note(kind, detail): note a question or an effect");

static PyObject *
note_py(PyObject *self, PyObject *args)
{
    (void)self;
    const char *kind, *detail;
    if (!PyArg_ParseTuple(args, "sz", &kind, &detail)) {
        return NULL;
    }
    bundle_note(kind, detail);
    Py_RETURN_NONE;
}

PyDoc_STRVAR(retype_doc, "retype(object, type): make an object one of a type with the same layout");

static PyObject *
retype_py(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *object, *type;
    if (!PyArg_ParseTuple(args, "OO!", &object, &PyType_Type, &type)) {
        return NULL;
    }
    if (Py_TYPE(object)->tp_basicsize != ((PyTypeObject *)type)->tp_basicsize) {
        PyErr_SetString(PyExc_TypeError, "another layout");
        return NULL;
    }
    PyTypeObject *before = Py_TYPE(object);
    Py_SET_TYPE(object, (PyTypeObject *)Py_NewRef(type)); /* as each object of a class holds it */
    if (before->tp_flags & Py_TPFLAGS_HEAPTYPE) {
        Py_DECREF(before);
    }
    Py_RETURN_NONE;
}

PyDoc_STRVAR(has_every_argument_doc, "has_every_argument(): is every word said to be among the arguments?");

static PyObject *
has_every_argument_py(PyObject *self, PyObject *none)
{
    (void)self;
    (void)none;
    return PyBool_FromLong(bundle_has_every_argument());
}

PER_PROCESS static PyMethodDef methods[] = {
    {"note", note_py, METH_VARARGS, note_doc},
    {"retype", retype_py, METH_VARARGS, retype_doc},
    {"has_every_argument", has_every_argument_py, METH_NOARGS, has_every_argument_doc},
};

/* Give a namespace the functions. 0, or -1 with an exception set. */
static int
add_methods(PyObject *space)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        PyObject *function = PyCFunction_New(&methods[i], NULL);
        int status = function ? PyDict_SetItemString(space, methods[i].ml_name, function) : -1;
        Py_XDECREF(function);
        if (status < 0) {
            return -1;
        }
    }
    return 0;
}

static void
put_variables(void)
{
    for (char **variable = environ; variable && *variable; variable++) {
        bundle_put(BUNDLE_PART_VARIABLE, 0, *variable, strlen(*variable));
    }
}

/* --- What is run --------------------------------------------------------------------------------------------------------- */

/* The recorder's Python side (recorder.py), in a namespace of its own. */
static PyObject *
run_recorder(PyObject *code)
{
    PyObject *space = PyDict_New();
    PyObject *result = NULL;
    if (space && PyDict_SetItemString(space, "__builtins__", PyEval_GetBuiltins()) == 0 && add_methods(space) == 0) {
        result = PyEval_EvalCode(code, space, space);
    }
    if (!result) {
        bundle_give_up_raised();
    }
    Py_DECREF(result);
    return space;
}

static void
call_recorder(PyObject *space, const char *name)
{
    PyObject *function = PyDict_GetItemString(space, name); /* borrowed */
    PyObject *result = function ? PyObject_CallNoArgs(function) : NULL;
    if (!result) {
        bundle_give_up_raised();
    }
    Py_DECREF(result);
}

/* Run code as a part of `__main__`, or as one of a function in the module with a name. The names that it binds are gone
   afterwards: the program binds them itself. */
static void
run_part(PyObject *globals, PyObject *code, PyObject *module_name)
{
    PyObject *module = module_name == Py_None ? NULL : PyImport_GetModule(module_name);
    PyObject *space = module ? PyModule_GetDict(module) : globals;
    PyObject *locals = module ? PyDict_New() : NULL;
    PyObject *kept = PyDict_Copy(globals);
    PyObject *result = NULL;
    if (kept && (module || module_name == Py_None)) {
        result = PyEval_EvalCode(code, space, locals ? locals : space);
    }
    if (!result) {
        bundle_give_up_raised();
    }
    Py_DECREF(result);
    PyDict_Clear(globals);
    PyDict_Update(globals, kept);
    Py_DECREF(kept);
    Py_XDECREF(locals);
    Py_XDECREF(module);
}

/* Import a module as `__main__` would. */
static void
import_named(PyObject *name)
{
    PyObject *module = PyImport_Import(name);
    if (!module) {
        bundle_give_up_raised();
    }
    Py_DECREF(module);
}

/* The work of the request: (recorder, graph, ((code, module or None), ...) or None, (name, ...), ((owner, code), ...),
   ((module, code), ...)). */
PER_PROCESS static struct {
    PyObject *whole, *recorder, *graph, *parts, *names, *calls, *again;
    PyObject *space; /* of the recorder's Python side */
    struct bundle_running before;
} work;

/* The work of a request. Reading it interns names: the program's own strings come first, for modules may compare those by their
   addresses. */
static PyObject *
read_work(const struct bundle_request *request)
{
    PyObject *pair = PyMarshal_ReadObjectFromString((const char *)request->work, (Py_ssize_t)request->work_size);
    const char *names, *work_bytes;
    Py_ssize_t names_size, work_size;
    if (!pair || !PyArg_ParseTuple(pair, "y#y#", &names, &names_size, &work_bytes, &work_size)) {
        return NULL;
    }
    bundle_intern_names(names, (size_t)names_size);
    PyObject *whole = PyMarshal_ReadObjectFromString(work_bytes, work_size);
    Py_DECREF(pair);
    return whole;
}

/* The locale before the program's first import: who sets another one, and this one again, has only asked. */
PER_PROCESS static char *first_locale;

/* The signals that were blocked before: who blocks others for a while has left nothing. */
PER_PROCESS static uint64_t first_mask;

static uint64_t
blocked_signals(void)
{
    sigset_t now;
    uint64_t mask;
    __real_sigprocmask(SIG_BLOCK, NULL, &now);
    memcpy(&mask, &now, sizeof mask);
    return mask;
}

static void
put_mask(void)
{
    bundle_put(BUNDLE_PART_MASK, 0, "", blocked_signals() == first_mask);
}

static void
put_locale(void)
{
    const char *now = __real_setlocale(LC_ALL, NULL);
    bool is_kept = first_locale && now && strcmp(first_locale, now) == 0;
    bundle_put(BUNDLE_PART_LOCALE, 0, "", is_kept);
    free(first_locale);
}

/* Take blocks of all sizes, in other numbers of each: what the program makes lies at other addresses, with other low bits, so that
   sets of objects have another order. */
static void
shift_blocks(size_t shift)
{
    for (size_t unit = 1; unit <= 40; unit++) {
        for (size_t i = 0; i <= unit * (6 + shift) % 13; i++) {
            if (!PyObject_Malloc(unit * 16)) {
                bundle_give_up("no memory");
            }
        }
    }
}

static void
watch_modules(void)
{
    call_recorder(work.space, "watch");
}

/* Go on as a start does: on another machine, if the build asks for one. */
static void
try_start(void)
{
    if (bundle.snapshot->request->restored) {
        bundle_answer_restored();
        if (bundle_try_start(work.again) < 0) {
            bundle_give_up_raised();
        }
        work.again = PyTuple_New(0);
    }
}

PyObject *
bundle_begin_recording(PyObject *globals)
{
    const struct bundle_request *request = bundle.snapshot->request;
    if (!globals) {
        bundle_give_up_raised();
    }
    work.whole = read_work(request);
    if (!work.whole
        || !PyArg_ParseTuple(work.whole, "OOOOOO", &work.recorder, &work.graph, &work.parts, &work.names, &work.calls,
                             &work.again)) {
        bundle_give_up_raised();
    }
    work.space = run_recorder(work.recorder);
    bundle_note_imports(watch_modules);
    call_recorder(work.space, "begin");
    if (!bundle_stop_calls()) {
        bundle_give_up(
            "nothing here stops system calls (seccomp), so that what the program asks and does would not be seen");
    }
    bundle_note_places();
    first_mask = blocked_signals();
    first_locale = strdup(__real_setlocale(LC_ALL, NULL));
    if (request->shift) {
        shift_blocks(request->shift);
    }
    if (request->wants_graph && bundle_watch_called() < 0) {
        bundle_give_up_raised();
    }
    work.before = bundle_begin_module("__main__");
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(work.names); i++) {
        import_named(PyTuple_GET_ITEM(work.names, i));
    }
    if (PyTuple_GET_SIZE(work.names)) { /* else what `__main__` does is recorded, too */
        try_start();
    }
    return globals;
}

bool
bundle_records_all(void)
{
    return work.parts != Py_None;
}

/* Write a description of all objects, and end the process (graph.py). */
_Noreturn static void
write_graph(void)
{
    PyObject *space = run_recorder(work.graph);
    PyObject *function = PyDict_GetItemString(space, "describe"); /* borrowed */
    PyObject *kept = bundle_names_kept();
    PyObject *text =
        function && kept ? PyObject_CallFunction(function, "Okk", kept, BUNDLE_REGION, BUNDLE_REGION_ROOM) : NULL;
    if (!text || !PyBytes_Check(text)) {
        bundle_give_up_raised();
    }
    bundle_put_notes();
    bundle_put(BUNDLE_PART_GRAPH, 0, PyBytes_AS_STRING(text), (uint64_t)PyBytes_GET_SIZE(text));
    _exit(0);
}

/* Write which code ran (called.c), unless that is not known. */
static void
put_called(void)
{
    PyObject *called = bundle_called();
    if (!called) {
        bundle_give_up_raised();
    }
    if (PyBytes_Check(called)) {
        bundle_put(BUNDLE_PART_CALLED, 0, PyBytes_AS_STRING(called), (uint64_t)PyBytes_GET_SIZE(called));
    }
    Py_DECREF(called);
}

/* Run what the project wishes; notes of a function that is called are its own. */
static void
run_call(PyObject *globals, PyObject *call)
{
    const char *name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(call, 0));
    bool is_function = name && *name;
    struct bundle_running before = is_function ? bundle_begin_module(name) : (struct bundle_running){0, NULL};
    run_part(globals, PyTuple_GET_ITEM(call, 1), Py_None);
    if (is_function) {
        bundle_end_module(before, name);
    }
}

static void
run_work(PyObject *globals)
{
    if (!globals) {
        bundle_give_up_raised();
    }
    for (Py_ssize_t i = 0; bundle_records_all() && i < PyTuple_GET_SIZE(work.parts); i++) {
        PyObject *part = PyTuple_GET_ITEM(work.parts, i);
        run_part(globals, PyTuple_GET_ITEM(part, 0), PyTuple_GET_ITEM(part, 1));
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(work.calls); i++) {
        run_call(globals, PyTuple_GET_ITEM(work.calls, i));
    }
    if (!PyTuple_GET_SIZE(work.names)) {
        try_start();
    }
    if (bundle.snapshot->request->collects) {
        PyGC_Collect();
    }
    bundle_end_module(work.before, "__main__");
    if (bundle.snapshot->request->wants_graph) {
        put_called();
    }
    call_recorder(work.space, "end");
    bundle_note_imports_no_more();
    put_locale();
    put_mask();
    put_variables();
    bundle_compare_variables();
    /* What is done again at each start leaves the same in every recording. */
    bundle_answer_alike();
    bundle_begin_openssl_anew();
    bundle_answer_alike(); /* how often OpenSSL asked makes no difference */
    if (bundle_prepare_adoption(globals, work.again, bundle_records_all()) < 0) {
        bundle_give_up_raised();
    }
    bundle_end_notes();
    bundle_begin_openssl_anew();
    call_recorder(work.space, "release");
    if (bundle.snapshot->request->wants_graph) {
        write_graph();
    }
    Py_XDECREF(bundle_names_kept());
    Py_CLEAR(work.space);
    Py_CLEAR(work.whole);
}

void
bundle_end_recording(PyObject *globals)
{
    run_work(globals);
    bundle_write_recording();
}
