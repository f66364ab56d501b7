/* A thread's state: its stacks. */

#ifndef COMPAT_THREAD_H
#define COMPAT_THREAD_H

#include "compat/python.h"

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

/* Let go of what a thread's state says of the process, and of what calls have left behind on its stack of frames. */
static inline void
compat_forget_process(PyThreadState *thread)
{
    compat_forget_stack(thread);
    thread->native_thread_id = 0;
    memset(thread->datastack_top, 0, (size_t)((char *)thread->datastack_limit - (char *)thread->datastack_top));
}

#endif
