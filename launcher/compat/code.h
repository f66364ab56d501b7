/* Code objects: versions of functions, and what they remember. */

#ifndef COMPAT_CODE_H
#define COMPAT_CODE_H

#include "compat/python.h"

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

#endif
