/* Frames: which code runs, and at which line. */

#ifndef COMPAT_FRAMES_H
#define COMPAT_FRAMES_H

#include "compat/python.h"

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

#endif
