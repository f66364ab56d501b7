/* Every difference between CPython 3.11-3.15 that the launcher meets, behind neutral names. */

#ifndef COMPAT_H
#define COMPAT_H

#define Py_BUILD_CORE 1
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "internal/pycore_code.h"
#include "internal/pycore_frame.h"
#include "internal/pycore_gc.h"
#include "internal/pycore_interp.h" /* func_state, gc */
#include "internal/pycore_object.h"
#include "internal/pycore_runtime.h" /* the main interpreter */

#if PY_VERSION_HEX >= 0x030e0000
#include "internal/pycore_ceval.h" /* _Py_InitializeRecursionLimits */
#include "internal/pycore_interpframe.h"
#endif

#include <string.h>
#include <structmember.h> /* PyMemberDef, before 3.12 */

/* 3.11 and 3.12 bring deep-frozen modules of their own (deepfreeze.o); that of 3.12 also holds a counter. */
#if PY_VERSION_HEX < 0x030d0000
#define COMPAT_DEEPFREEZE 1
#if PY_VERSION_HEX >= 0x030c0000
#define COMPAT_NEXT_FUNC_VERSION 1
#endif
#endif

/* Let the counters of function versions start behind those of static code, which lie below `end`, so that none is ever
   used twice: a call cache would accept the wrong function. 3.12 has two counters (codeobject.c:430, funcobject.c:226)
   that must not meet each other either; later versions have one (codeobject.c:542). Code has no version before 3.12. */
static inline void
compat_reserve_versions(uint32_t end)
{
#if PY_VERSION_HEX >= 0x030d0000
    PyInterpreterState_Get()->func_state.next_version = end;
#elif PY_VERSION_HEX >= 0x030c0000
    /* Not exported by the shared libpython, where it starts at 1: static code is out of its reach (link/plan.py). */
    extern uint32_t _Py_next_func_version __attribute__((weak));
    if (&_Py_next_func_version) {
        _Py_next_func_version = end;
    }
    PyInterpreterState_Get()->func_state.next_version = 0x80000000u;
#else
    (void)end;
#endif
}

static inline int
compat_is_main_interpreter(void)
{
    return PyInterpreterState_Get() == PyInterpreterState_Main();
}

/* Where a code object keeps what attributes such as co_code were once asked for. */
static inline void **
compat_code_cache(PyCodeObject *code)
{
#if PY_VERSION_HEX >= 0x030c0000
    return (void **)&code->_co_cached;
#else
    return (void **)&code->_co_code;
#endif
}

/* Free it (codeobject.c, code_dealloc). */
static inline void
compat_clear_code_cache(PyCodeObject *code)
{
#if PY_VERSION_HEX >= 0x030c0000
    _PyCoCached *cached = code->_co_cached;
    if (cached) {
        Py_XDECREF(cached->_co_code);
        Py_XDECREF(cached->_co_varnames);
        Py_XDECREF(cached->_co_cellvars);
        Py_XDECREF(cached->_co_freevars);
        PyMem_Free(cached);
    }
    code->_co_cached = NULL;
#else
    PyObject *cached = code->_co_code;
    code->_co_code = NULL;
    Py_XDECREF(cached);
#endif
}

/* The slot by which a module says that any interpreter may have it. */
#if PY_VERSION_HEX >= 0x030c0000
#define COMPAT_ANY_INTERPRETER {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#else
#define COMPAT_ANY_INTERPRETER
#endif

/* The threshold of the youngest generation in the main interpreter: collections start when that many more objects were
   made than freed. It has its value before that interpreter exists (pycore_runtime_init.h). */
static inline int *
compat_gc_threshold(void)
{
    return &_PyRuntime._main_interpreter.gc.generations[0].threshold;
}

/* Count all young objects of the main interpreter as old, without looking at them (gcmodule.c, gc.c: gc_list_merge). */
static inline void
compat_gc_age(void)
{
    struct _gc_runtime_state *gc = &_PyRuntime._main_interpreter.gc;
    PyGC_Head *young = &gc->generations[0].head;
    PyGC_Head *old = &gc->generations[NUM_GENERATIONS - 1].head;
    if (_PyGCHead_NEXT(young) != young) {
        PyGC_Head *first = _PyGCHead_NEXT(young);
        PyGC_Head *last = _PyGCHead_PREV(young);
        PyGC_Head *end = _PyGCHead_PREV(old);
        _PyGCHead_SET_NEXT(end, first);
        _PyGCHead_SET_PREV(first, end);
        _PyGCHead_SET_NEXT(last, old);
        _PyGCHead_SET_PREV(old, last);
        young->_gc_next = young->_gc_prev = (uintptr_t)young;
    }
    gc->generations[0].count = 0;
}

/* Change an item of `sys.flags`. `value` is a small integer, one that lives forever. */
static inline void
compat_set_flag(const char *name, long value)
{
    PyObject *flags = PySys_GetObject("flags"); /* borrowed */
    PyMemberDef *member = flags ? Py_TYPE(flags)->tp_members : NULL;
    for (Py_ssize_t i = 0; member && member[i].name; i++) {
        if (strcmp(member[i].name, name) == 0) {
            PyStructSequence_SetItem(flags, i, PyLong_FromLong(value));
        }
    }
}

/* Say where the stack of the main thread lies, if it is another than the C library knows of. Since 3.14 the interpreter keeps
   its limits (ceval.c, tstate_set_stack): where it takes the end to be near, it raises RecursionError, and puts off the end of
   objects (object.c, _Py_Dealloc), which would then be recorded. PyUnstable_ThreadState_SetStackProtection does the same, but
   3.14.0 lacks it. */
static inline void
compat_set_stack(PyThreadState *thread, uintptr_t start, size_t size)
{
#if PY_VERSION_HEX >= 0x030e0000
    _PyThreadStateImpl *limits = (_PyThreadStateImpl *)thread;
    uintptr_t margin = limits->c_stack_soft_limit - limits->c_stack_hard_limit;
    limits->c_stack_top = start + size;
    limits->c_stack_hard_limit = start + margin;
    limits->c_stack_soft_limit = start + 2 * margin;
#else
    (void)thread, (void)start, (void)size;
#endif
}

/* Find out where this thread's stack lies. */
static inline void
compat_find_stack(PyThreadState *thread)
{
#if PY_VERSION_HEX >= 0x030e0000
    _Py_InitializeRecursionLimits(thread);
#else
    (void)thread;
#endif
}

/* Forget where it lies: that differs between processes. Until it is found again there are no limits. */
static inline void
compat_forget_stack(PyThreadState *thread)
{
#if PY_VERSION_HEX >= 0x030e0000
    _PyThreadStateImpl *limits = (_PyThreadStateImpl *)thread;
    limits->c_stack_top = limits->c_stack_hard_limit = limits->c_stack_soft_limit = 0;
#if PY_VERSION_HEX >= 0x030e0100
    limits->c_stack_init_base = limits->c_stack_init_top = 0;
#endif
#else
    (void)thread;
#endif
}

/* Forget when collections of garbage were, and how long they took: since 3.15 the interpreter keeps the times for profilers. */
static inline void
compat_forget_collections(void)
{
#if PY_VERSION_HEX >= 0x030f0000
    struct gc_stats *stats = _PyRuntime._main_interpreter.gc.generation_stats;
    struct {
        struct gc_generation_stats *items;
        size_t count;
    } kept[] = {{stats->young.items, GC_YOUNG_STATS_SIZE},
                {stats->old[0].items, GC_OLD_STATS_SIZE},
                {stats->old[1].items, GC_OLD_STATS_SIZE}};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        for (size_t j = 0; j < kept[i].count; j++) {
            kept[i].items[j].ts_start = kept[i].items[j].ts_stop = 0;
            kept[i].items[j].duration = 0;
        }
    }
#endif
}

/* Switch the interpreter's own compiler on or off; returns what it was. It is there since 3.14, and on if CPython was built
   so (PYTHON_JIT is not read). */
static inline int
compat_set_jit(int is_on)
{
#if PY_VERSION_HEX >= 0x030e0000
    PyInterpreterState *interpreter = PyInterpreterState_Get();
    int before = interpreter->jit;
    interpreter->jit = is_on;
    return before;
#else
    (void)is_on;
    return 0;
#endif
}

/* Print how long each import takes from now on, as -X importtime does. */
static inline void
compat_time_imports(void)
{
    PyInterpreterState_Get()->config.import_time = 1;
}

/* Let go of what a thread's state says of the process, and of what calls have left behind on its stack of frames. */
static inline void
compat_forget_process(PyThreadState *thread)
{
    compat_forget_stack(thread);
    thread->native_thread_id = 0;
    memset(thread->datastack_top, 0, (size_t)((char *)thread->datastack_limit - (char *)thread->datastack_top));
}

/* The code that a frame runs; NULL when it is none of Python's. */
static inline PyCodeObject *
compat_frame_code(struct _PyInterpreterFrame *frame)
{
#if PY_VERSION_HEX >= 0x030e0000
    PyObject *code = PyStackRef_AsPyObjectBorrow(frame->f_executable);
#elif PY_VERSION_HEX >= 0x030d0000
    PyObject *code = frame->f_executable;
#else
    PyObject *code = (PyObject *)frame->f_code;
#endif
#if PY_VERSION_HEX >= 0x030c0000 && PY_VERSION_HEX < 0x030d0000
    if (frame->owner == FRAME_OWNED_BY_CSTACK) {
        return NULL; /* of the interpreter's own code, by which C calls Python (ceval.c) */
    }
#endif
    return code && PyCode_Check(code) ? (PyCodeObject *)code : NULL;
}

/* The innermost frame of a thread. */
static inline struct _PyInterpreterFrame *
compat_frame(PyThreadState *thread)
{
#if PY_VERSION_HEX >= 0x030d0000
    return thread->current_frame;
#else
    return thread->cframe->current_frame;
#endif
}

/* The line at which a module's body is that runs in a thread, the innermost of several, or the body of a class in it; 0 when there
   is none, or it is not of this file. Neither allocates nor needs the GIL. */
static inline int
compat_module_line(PyThreadState *thread, const char *path)
{
    struct _PyInterpreterFrame *frame = compat_frame(thread);
    int class_line = 0; /* of a class that this frame makes, with no function between */
    for (; frame; frame = frame->previous) {
        PyCodeObject *code = compat_frame_code(frame);
        if (!code) {
            continue;
        }
        int line = PyCode_Addr2Line(code, _PyInterpreterFrame_LASTI(frame) * (int)sizeof(_Py_CODEUNIT));
        if (PyUnicode_CompareWithASCIIString(code->co_name, "<module>") == 0
            && PyUnicode_READ_CHAR(code->co_filename, 0) == '/') {
            bool is_of_file = path && PyUnicode_CompareWithASCIIString(code->co_filename, path) == 0;
            return !is_of_file ? 0 : class_line ? class_line : line;
        }
        bool is_function = code->co_flags & CO_OPTIMIZED;
        class_line = is_function ? 0 : class_line ? class_line : line;
    }
    return 0;
}

/* The path that code says it has which runs in a thread, the innermost that `is_asking` accepts; NULL when there is none. Neither
   allocates nor needs the GIL. */
static inline const char *
compat_running_path(PyThreadState *thread, bool (*is_asking)(const char *path))
{
    struct _PyInterpreterFrame *frame = compat_frame(thread);
    for (; frame; frame = frame->previous) {
        PyCodeObject *code = compat_frame_code(frame);
        if (code && PyUnicode_IS_COMPACT_ASCII(code->co_filename)) {
            const char *path = PyUnicode_DATA(code->co_filename);
            if (is_asking(path)) {
                return path;
            }
        }
    }
    return NULL;
}

/* Write down under which names this executable runs, where libraries in C ask for them (Py_GetProgramFullPath and its kin,
   pathconfig.c; Py_GetArgcArgv, initconfig.c). Returns 0, or -1 where there is no memory. */
static inline int
compat_set_own_names(const char *argv0, const char *executable)
{
    extern PyStatus _PyPathConfig_UpdateGlobal(const PyConfig *config) __attribute__((weak));
    PyConfig *config = &PyInterpreterState_Get()->config;
    int count;
    wchar_t **original;
    Py_GetArgcArgv(&count, &original);
    wchar_t **names[] = {&config->program_name,
                         &config->executable,
                         &config->base_executable,
                         config->argv.length ? &config->argv.items[0] : NULL,
                         config->orig_argv.length ? &config->orig_argv.items[0] : NULL,
                         count ? &original[0] : NULL};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        wchar_t *name = names[i] ? Py_DecodeLocale(i == 1 || i == 2 ? executable : argv0, NULL) : NULL;
        if (names[i] && !name) {
            return -1;
        }
        if (names[i]) {
            PyMem_RawFree(*names[i]);
            *names[i] = name;
        }
    }
    if (&_PyPathConfig_UpdateGlobal) {
        return PyStatus_Exception(_PyPathConfig_UpdateGlobal(config)) ? -1 : 0;
    }
    /* A shared libpython keeps that function for itself: the copies that it has are shortened in place. */
    extern wchar_t *full_path(void) __asm__("Py_GetProgramFullPath") __attribute__((weak)); /* deprecated, but there */
    extern wchar_t *program_name(void) __asm__("Py_GetProgramName") __attribute__((weak));
    wchar_t *copies[] = {&full_path ? full_path() : NULL, &program_name ? program_name() : NULL};
    for (size_t i = 0; i < 2; i++) {
        if (copies[i] && *copies[i]) {
            wmemset(copies[i] + 1, 0, wcslen(copies[i]) - 1);
        }
    }
    return 0;
}

/* Let a file find out anew whether it can be sought: two bits behind the descriptor, which its `__init__` leaves as they
   are (_io/fileio.c, fileio; the same in 3.11-3.15). */
static inline void
compat_forget_seekable(PyObject *file)
{
    struct fileio {
        PyObject_HEAD int fd;
        unsigned int created : 1, readable : 1, writable : 1, appending : 1;
        signed int seekable : 2;
    } *raw = (struct fileio *)file;
    raw->seekable = -1;
}

/* The size of the buffer that a stream gets whose file has blocks of a size (_io/_iomodule.c, _io_open). */
static inline Py_ssize_t
compat_buffer_size(Py_ssize_t block)
{
#if PY_VERSION_HEX >= 0x030e0000
    enum { LEAST = 128 << 10, MOST = 8 << 20 };
    return block < LEAST ? LEAST : block > MOST ? MOST : block;
#else
    return block;
#endif
}

/* Finish an initialisation that was begun with `_init_main = 0`. 3.14 lost _Py_InitializeMain; there a second
   Py_InitializeFromConfig does the same (pylifecycle.c). `warn_default_encoding` is lost on the way to the interpreter
   (3.13, initconfig.c: _PyConfig_Copy), which reads the command line after that. */
static inline PyStatus
compat_initialize_main(PyConfig *config)
{
    int *warns = &PyInterpreterState_Get()->config.warn_default_encoding;
#if PY_VERSION_HEX >= 0x030e0000 && PY_VERSION_HEX < 0x030f0000
    config->_init_main = 1;
    PyStatus status = Py_InitializeFromConfig(config);
    if (!PyStatus_Exception(status) && config->warn_default_encoding) {
        *warns = 1;
        compat_set_flag("warn_default_encoding", 1);
    }
    return status;
#else
    extern PyStatus _Py_InitializeMain(void);
    *warns |= config->warn_default_encoding;
    return _Py_InitializeMain();
#endif
}

/* Do modules have `__cached__`? In 3.15 they no longer do. */
#define COMPAT_MODULES_HAVE_CACHED (PY_VERSION_HEX < 0x030f0000)

/* Functions by which the interpreter's parts look into dictionaries (dictobject.c), and not all versions have. */
#define COMPAT_HAS_ITEM_REF (PY_VERSION_HEX >= 0x030d0000)
#define COMPAT_HAS_LOAD_GLOBAL (PY_VERSION_HEX < 0x030f0000)

/* The reference that _PyDict_LoadGlobal gives to what it found, if anything: borrowed, or since 3.13 a new one. */
static inline PyObject *
compat_loaded_global(PyObject *value)
{
#if PY_VERSION_HEX >= 0x030d0000
    Py_XINCREF(value);
#endif
    return value;
}

/* Since 3.15 traceback.py tells of a missing module that `site` has not run (sys.flags.no_site), as if that were why. */
static inline void
compat_claim_site(void)
{
#if PY_VERSION_HEX >= 0x030f0000
    compat_set_flag("no_site", 0);
#endif
}

/* Clear the OverflowError of an exit status that is too large for `long`, where CPython does: since 3.13.5. Before, it is still
   set when threading._shutdown runs (pythonrun.c, handle_system_exit). */
static inline void
compat_end_overflow(void)
{
#if PY_VERSION_HEX >= 0x030d0500
    PyErr_Clear();
#endif
}

/* Objects that the collector knows, one by one, until `visit` returns 0; it must not run Python code. */
typedef int (*compat_visitor)(PyObject *object, void *context);

static inline void
compat_visit_objects(compat_visitor visit, void *context)
{
#if PY_VERSION_HEX >= 0x030c0000
    PyUnstable_GC_VisitObjects(visit, context);
#else
    struct _gc_runtime_state *gc = &PyInterpreterState_Get()->gc;
    PyGC_Head *lists[] = {&gc->generations[0].head, &gc->generations[1].head, &gc->generations[2].head,
                          &gc->permanent_generation.head};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (PyGC_Head *item = _PyGCHead_NEXT(lists[i]); item != lists[i]; item = _PyGCHead_NEXT(item)) {
            if (!visit((PyObject *)(item + 1), context)) {
                return;
            }
        }
    }
#endif
}

/* The state of the collector's list of old objects at some time: how many full collections there had been, which change its
   order, and some objects near its end, before those that may soon be gone. Others are appended (gcmodule.c, gc.c:
   gc_list_merge). Empty since 3.14, whose lists have other orders. */
enum { COMPAT_LAST = 4, COMPAT_SKIPPED = 256 };
struct compat_old_objects {
    Py_ssize_t collections;
    PyObject *last[COMPAT_LAST]; /* the very last comes first */
};

static inline struct compat_old_objects
compat_note_old_objects(void)
{
    struct compat_old_objects old = {0, {NULL}};
#if PY_VERSION_HEX < 0x030e0000
    struct _gc_runtime_state *gc = &_PyRuntime._main_interpreter.gc;
    old.collections = gc->generation_stats[NUM_GENERATIONS - 1].collections;
    PyGC_Head *list = &gc->generations[NUM_GENERATIONS - 1].head;
    PyGC_Head *item = _PyGCHead_PREV(list);
    for (int i = 0; i < COMPAT_SKIPPED && item != list; i++) {
        item = _PyGCHead_PREV(item);
    }
    for (int i = 0; i < COMPAT_LAST && item != list; i++, item = _PyGCHead_PREV(item)) {
        old.last[i] = (PyObject *)(item + 1);
    }
#endif
    return old;
}

#if PY_VERSION_HEX < 0x030e0000
/* Is this the last of those objects, with the others before it? */
static inline int
compat_is_last_old(const struct compat_old_objects *old, PyGC_Head *item)
{
    for (int i = 0; i < COMPAT_LAST; i++, item = _PyGCHead_PREV(item)) {
        if (old->last[i] != (PyObject *)(item + 1)) {
            return 0;
        }
    }
    return 1;
}
#endif

/* The same as compat_visit_objects for objects that came after those. Returns 0 if they cannot be told. */
static inline int
compat_visit_new_objects(compat_visitor visit, void *context, const struct compat_old_objects *old)
{
#if PY_VERSION_HEX >= 0x030e0000
    (void)visit, (void)context, (void)old; /* incremental: lists have other orders */
    return 0;
#else
    struct _gc_runtime_state *gc = &_PyRuntime._main_interpreter.gc;
    PyGC_Head *kept = &gc->permanent_generation.head;
    if (gc->generation_stats[NUM_GENERATIONS - 1].collections != old->collections || _PyGCHead_NEXT(kept) != kept) {
        return 0;
    }
    for (size_t i = 0; i < NUM_GENERATIONS; i++) {
        PyGC_Head *list = &gc->generations[i].head;
        for (PyGC_Head *item = _PyGCHead_PREV(list); item != list; item = _PyGCHead_PREV(item)) {
            if ((PyObject *)(item + 1) == old->last[0] && compat_is_last_old(old, item)) {
                break;
            }
            if (!visit((PyObject *)(item + 1), context)) {
                return 1;
            }
        }
    }
    return 1;
#endif
}

/* Where the memory of an object begins that the collector knows. */
static inline void *
compat_block_of(PyObject *object)
{
    return (char *)object - _PyType_PreHeaderSize(Py_TYPE(object));
}

/* From here on no thread is started and no process forked (pylifecycle.c, since 3.12). */
static inline void
compat_begin_finalizing(void)
{
#if PY_VERSION_HEX >= 0x030c0000
    PyInterpreterState_Get()->finalizing = 1;
#endif
}

static inline int
compat_has_audit_hooks(void)
{
    return PyInterpreterState_Get()->audit_hooks != NULL;
}

/* The current exception as an object (a new reference); there is none afterwards. */
static inline PyObject *
compat_take_exception(void)
{
#if PY_VERSION_HEX >= 0x030c0000
    return PyErr_GetRaisedException();
#else
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return value;
#endif
}

/* Report the current exception, which nobody can catch: before 3.13 by naming the object that it comes from. */
static inline void
compat_report_ignored(const char *heading, PyObject *source)
{
#if PY_VERSION_HEX >= 0x030d0000
    (void)source;
    PyErr_FormatUnraisable("%s", heading);
#else
    (void)heading;
    PyErr_WriteUnraisable(source);
#endif
}

/* The same when sys.stdout could not be flushed (pylifecycle.c, flush_std_files). */
static inline void
compat_report_flush(PyObject *file)
{
#if PY_VERSION_HEX >= 0x030e0000
    compat_report_ignored("Exception ignored while flushing sys.stdout", file);
#else
    compat_report_ignored("Exception ignored on flushing sys.stdout", file);
#endif
}

/* The callback that drops the values of a thread from a threading.local (_threadmodule.c). */
#if PY_VERSION_HEX >= 0x030d0000
#define COMPAT_THREAD_LOCAL_CALLBACK "clear_locals"
#else
#define COMPAT_THREAD_LOCAL_CALLBACK "_localdummy_destroyed"
#endif

#endif
