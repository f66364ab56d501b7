/* Finalisation, and errors that nobody can catch. */

#ifndef COMPAT_END_H
#define COMPAT_END_H

#include "compat/python.h"

/* Clear the OverflowError of an exit status that is too large for `long`, where CPython does: since 3.13.5. Before, it is still
   set when threading._shutdown runs (pythonrun.c, handle_system_exit). */
static inline void
compat_end_overflow(void)
{
#if PY_VERSION_HEX >= 0x030d0500
    PyErr_Clear();
#endif
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
