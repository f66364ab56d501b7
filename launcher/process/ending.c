/* How the program ends: as `python` does, but without taking the heap apart when nobody could tell.

   Py_FinalizeEx destroys every object; after many imports that takes longer than the program ran. What can be seen of
   it is what some objects do when they die: `__del__`, suspended generators, files with data in their buffers, callbacks
   of weak references, and whatever compiled code does. So what comes before happens here as in Py_FinalizeEx
   (pylifecycle.c, _Py_Finalize: threads, pending calls, atexit, standard streams); then the heap is searched for such
   objects, and only if it holds one does Py_FinalizeEx do the rest. */

#include "process/process.h"

#include "executable/executable.h"
#include "lifetime.h"
#include "loader/loader.h"
#include "world/world.h"

#include <string.h>

/* --- What can be seen in any case --------------------------------------------------------------------------- */

/* Call a function of a module that was imported; what it raises is reported under this heading. */
static void
call_if_imported(const char *module_name, const char *function, const char *heading)
{
    PyObject *name = PyUnicode_FromString(module_name);
    PyObject *module = name ? PyImport_GetModule(name) : NULL;
    PyObject *result = module ? PyObject_CallMethod(module, function, NULL) : NULL;
    if (!result && PyErr_Occurred()) {
        compat_report_ignored(heading, module);
    }
    Py_XDECREF(result);
    Py_XDECREF(module);
    Py_XDECREF(name);
}

/* The attribute is there and neither None nor false. */
static bool
has_true(PyObject *object, const char *attribute)
{
    PyObject *value = PyObject_GetAttrString(object, attribute);
    int answer = value ? PyObject_IsTrue(value) : -1;
    Py_XDECREF(value);
    if (answer < 0) {
        PyErr_Clear();
    }
    return answer > 0;
}

/* Flush sys.stdout or sys.stderr; false when that failed. */
static bool
flush_stream(const char *name, bool report)
{
    PyObject *file = PySys_GetObject(name); /* borrowed */
    if (!file || file == Py_None || has_true(file, "closed")) {
        return true;
    }
    Py_INCREF(file);
    PyObject *result = PyObject_CallMethod(file, "flush", NULL);
    if (!result) {
        if (report) {
            compat_report_flush(file);
        }
        PyErr_Clear();
    }
    Py_DECREF(file);
    Py_XDECREF(result);
    return result != NULL;
}

/* --- What only some objects show ---------------------------------------------------------------------------- */

/* Objects whose end may be seen, and that need a closer look once the collector lets Python code run again. */
struct suspects {
    PyObject **objects;
    size_t count;
    size_t room;
    bool certain; /* no look needed: there is no memory for a list */
};

/* The end of an object of this type runs Python code, or code of ours that closes or reports something. */
static bool
has_finalizer(PyTypeObject *type)
{
    return type->tp_finalize || type->tp_del;
}

static int
note_suspect(PyObject *object, void *context)
{
    struct suspects *suspects = context;
    PyTypeObject *type = Py_TYPE(object);
    bool is_suspect = has_finalizer(type);
    if (PyType_Check(object)) {
        /* Instances that the collector does not know cannot be found: the type stands for them. */
        PyTypeObject *itself = (PyTypeObject *)object;
        is_suspect = is_suspect || (has_finalizer(itself) && !PyType_IS_GC(itself));
    }
    else if (PyWeakref_Check(object)) {
        is_suspect = ((PyWeakReference *)object)->wr_callback != NULL;
    }
    if (!is_suspect || suspects->certain) {
        return !suspects->certain;
    }
    if (suspects->count == suspects->room) {
        size_t room = suspects->room ? 2 * suspects->room : 64;
        PyObject **objects = PyMem_RawRealloc(suspects->objects, room * sizeof *objects);
        if (!objects) {
            suspects->certain = true;
            return 0;
        }
        suspects->objects = objects;
        suspects->room = room;
    }
    suspects->objects[suspects->count++] = Py_NewRef(object);
    return 1;
}

/* Callbacks written in these modules of the standard library only drop an entry from a container. */
static const char *const container_modules[] = {"weakref", "_weakrefset", "logging"};

/* Is this function's code that of such a module? Names would not tell: a program may have a `logging.py` of its own, and
   `functools.wraps` copies `__module__`. */
static bool
is_of_container_module(PyObject *function)
{
    PyObject *filename = ((PyCodeObject *)PyFunction_GET_CODE(function))->co_filename;
    for (size_t i = 0; i < sizeof container_modules / sizeof *container_modules; i++) {
        const struct bundle_module *module = bundle_find_module(container_modules[i]);
        if (module && module->is_stdlib && PyUnicode_CompareWithASCIIString(filename, module->path) == 0) {
            return true;
        }
    }
    return false;
}

static bool
is_quiet_callback(PyObject *callback)
{
    if (PyCFunction_Check(callback)) {
        /* An entry of a registry (_abc.c), or values of a thread. */
        const char *name = ((PyCFunctionObject *)callback)->m_ml->ml_name;
        return strcmp(name, "_destroy") == 0 || strcmp(name, COMPAT_THREAD_LOCAL_CALLBACK) == 0;
    }
    if (PyMethod_Check(callback)) {
        callback = PyMethod_GET_FUNCTION(callback);
    }
    if (PyFunction_Check(callback)) {
        return is_of_container_module(callback);
    }
    /* Of an object, such as a `weakref.finalize`, its type's `__call__`. */
    PyObject *call = PyObject_GetAttrString((PyObject *)Py_TYPE(callback), "__call__");
    bool is_quiet = call && PyFunction_Check(call) && is_of_container_module(call);
    Py_XDECREF(call);
    PyErr_Clear();
    return is_quiet;
}

/* One of the standard streams, which are flushed, or what lies below it. */
static bool
is_standard_stream(PyObject *file)
{
    static const char *const names[] = {"stdin", "stdout", "stderr"};
    bool found = false;
    for (size_t i = 0; i < sizeof names / sizeof *names && !found; i++) {
        PyObject *layer = Py_XNewRef(PySys_GetObject(names[i]));
        static const char *const below[] = {"buffer", "raw", NULL};
        for (const char *const *next = below; layer && !found; next++) {
            found = layer == file;
            PyObject *lower = *next ? PyObject_GetAttrString(layer, *next) : NULL;
            Py_SETREF(layer, lower);
            PyErr_Clear();
            if (!*next) {
                break;
            }
        }
        Py_XDECREF(layer);
    }
    return found;
}

/* `__del__` of a class written in Python, not the wrapper of what a C type does. */
static bool
has_python_finalizer(PyObject *type)
{
    PyObject *finalizer = PyObject_GetAttrString(type, "__del__");
    bool found = finalizer && !Py_IS_TYPE(finalizer, &PyWrapperDescr_Type);
    Py_XDECREF(finalizer);
    PyErr_Clear();
    return found;
}

/* A file that is none; subclasses may do more. */
static bool
is_in_memory(PyObject *file)
{
    const char *name = Py_TYPE(file)->tp_name;
    return strcmp(name, "_io.BytesIO") == 0 || strcmp(name, "_io.StringIO") == 0;
}

/* Somebody could tell whether this object is destroyed before the process ends. */
static bool
is_visible(PyObject *object, PyObject *file_type)
{
    if (PyWeakref_Check(object)) {
        return !is_quiet_callback(((PyWeakReference *)object)->wr_callback);
    }
    if (PyType_Check(object)) {
        return has_python_finalizer(object);
    }
    if (PyGen_CheckExact(object)) {
        return has_true(object, "gi_suspended");
    }
    if (PyCoro_CheckExact(object)) {
        return has_true(object, "cr_frame");
    }
    if (PyAsyncGen_CheckExact(object)) {
        return has_true(object, "ag_frame");
    }
    int is_file = file_type ? PyObject_IsInstance(object, file_type) : -1;
    if (is_file < 0) {
        PyErr_Clear();
    }
    return is_file <= 0 || !(is_in_memory(object) || has_true(object, "closed") || is_standard_stream(object));
}

/* Built-in modules whose objects change files or windows when they die. Extension modules are asked for by their
   object. */
static bool
is_visible_module_loaded(void)
{
    static const char *const names[] = {"_sqlite3", "_dbm", "_gdbm", "_tkinter"};
    PyObject *modules = PyImport_GetModuleDict(); /* borrowed */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (PyDict_GetItemString(modules, names[i])) {
            return true;
        }
    }
    return false;
}

/* Those that were recorded in a snapshot, without references: nothing is to live longer for being noted. Looking through all
   recorded objects would touch every page of the snapshot. A class that gets a `__del__` after its objects were recorded is
   not noticed. */
PER_PROGRAM static struct suspects recorded;
PER_PROGRAM static bool has_recorded;
PER_PROGRAM static struct compat_old_objects old;

void
bundle_note_recorded_objects(void)
{
    compat_gc_age();
    compat_visit_objects(note_suspect, &recorded);
    for (size_t i = 0; i < recorded.count; i++) {
        Py_DECREF(recorded.objects[i]);
    }
    old = compat_note_old_objects();
    has_recorded = !recorded.certain;
}

/* Find all suspects, with references. */
static void
find_suspects(struct suspects *suspects)
{
    if (!has_recorded || !compat_visit_new_objects(note_suspect, suspects, &old)) {
        compat_visit_objects(note_suspect, suspects);
        return;
    }
    for (size_t i = 0; i < recorded.count && !suspects->certain; i++) {
        PyObject *object = recorded.objects[i];
        if (!bundle_in_region(object) || !bundle_is_block_free(compat_block_of(object))) {
            note_suspect(object, suspects);
        }
    }
}

static bool
anything_visible(void)
{
    struct suspects suspects = {0};
    find_suspects(&suspects);
    PyObject *io = PyImport_ImportModule("_io");
    PyObject *file_type = io ? PyObject_GetAttrString(io, "_IOBase") : NULL;
    bool visible = suspects.certain;
    for (size_t i = 0; i < suspects.count; i++) {
        visible = visible || is_visible(suspects.objects[i], file_type);
        Py_DECREF(suspects.objects[i]);
    }
    PyErr_Clear();
    Py_XDECREF(file_type);
    Py_XDECREF(io);
    PyMem_RawFree(suspects.objects);
    return visible;
}

static bool
must_finalize(void)
{
    return bundle_visible_object_loaded() || is_visible_module_loaded() || compat_has_audit_hooks()
           || PyInterpreterState_Next(PyInterpreterState_Head()) || anything_visible();
}

int
bundle_end(int status)
{
    compat_begin_finalizing();
    call_if_imported("threading", "_shutdown", "Exception ignored on threading shutdown");
    PyErr_Clear();
    if (Py_MakePendingCalls() < 0) {
        PyErr_WriteUnraisable(NULL);
    }
    call_if_imported("atexit", "_run_exitfuncs", "Exception ignored in atexit callback");
    bool is_written = flush_stream("stdout", true);
    is_written = flush_stream("stderr", false) && is_written;
    if (must_finalize() && Py_FinalizeEx() < 0) {
        is_written = false;
    }
    return is_written ? status : 120; /* as Py_RunMain has it */
}

/* --- Exit status -------------------------------------------------------------------------------------------- */

/* Print what SystemExit was given when it is no number. */
static void
print_exit_text(PyObject *text)
{
    PyObject *file = PySys_GetObject("stderr"); /* borrowed */
    if (file && file != Py_None) {
        PyFile_WriteObject(text, file, Py_PRINT_RAW);
    }
    else {
        PyObject_Print(text, stderr, Py_PRINT_RAW);
        fflush(stderr);
    }
    PySys_WriteStderr("\n");
    PyErr_Clear();
}

/* As pythonrun.c, _Py_HandleSystemExit, which would end the process at once. */
int
bundle_status_of_exception(void)
{
    if (!PyErr_ExceptionMatches(PyExc_SystemExit)) {
        PyErr_Print();
        return 1;
    }
    fflush(stdout);
    PyObject *exception = compat_take_exception();
    PyObject *code = PyObject_GetAttrString(exception, "code");
    int status = 0;
    if (!code) {
        PyErr_Clear();
        code = Py_NewRef(exception);
    }
    if (PyLong_Check(code)) {
        status = (int)PyLong_AsLong(code);
        compat_end_overflow();
    }
    else if (code != Py_None) {
        print_exit_text(code);
        status = 1;
    }
    Py_DECREF(code);
    Py_DECREF(exception);
    return status;
}
