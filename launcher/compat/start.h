/* Initialisation: flags, names, and what the interpreter is told. */

#ifndef COMPAT_START_H
#define COMPAT_START_H

#include "compat/python.h"

static inline int
compat_is_main_interpreter(void)
{
    return PyInterpreterState_Get() == PyInterpreterState_Main();
}

/* The slot by which a module says that any interpreter may have it. */
#if PY_VERSION_HEX >= 0x030c0000
#define COMPAT_ANY_INTERPRETER {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#else
#define COMPAT_ANY_INTERPRETER
#endif

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

/* Since 3.15 traceback.py tells of a missing module that `site` has not run (sys.flags.no_site), as if that were why. */
static inline void
compat_claim_site(void)
{
#if PY_VERSION_HEX >= 0x030f0000
    compat_set_flag("no_site", 0);
#endif
}

#endif
