/* The code of frozen modules, made ready to run. */

#include "interpreter/interpreter.h"

#include "interpreter/subinterpreters.h"

/* Build the frozensets that could not be static, once. */
static int
apply_fixups(const struct bundle_fixup *fixups)
{
    if (!fixups) {
        return 0;
    }
    bundle_lock_code();
    Py_ssize_t built = bundle_build_sets(fixups, NULL);
    bundle_unlock_code();
    return built < 0 ? -1 : 0;
}

PyObject *
bundle_module_code(const struct bundle_module *module)
{
    if (!module || !module->code) {
        PyErr_SetString(PyExc_ImportError, "no frozen code");
        return NULL;
    }
    if (!compat_is_main_interpreter()) {
        return bundle_copy_code(module->code);
    }
    if (apply_fixups(module->code->fixups) < 0) {
        return NULL;
    }
    return Py_NewRef((PyObject *)module->code->code);
}

/* Names of files need not be text; and this can be used before the file system's encoding is known. */
PyObject *
bundle_path_text(const char *path)
{
    return PyUnicode_DecodeUTF8(path, (Py_ssize_t)strlen(path), "surrogateescape");
}
