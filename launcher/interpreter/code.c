/* The code of frozen modules, made ready to run. */

#include "interpreter/interpreter.h"

#include "interpreter/subinterpreters.h"

/* Build the frozensets that could not be static, once. */
static int
build_sets(const struct bundle_set_slot *set_slots)
{
    if (!set_slots) {
        return 0;
    }
    bundle_lock_code();
    Py_ssize_t built = bundle_build_sets(set_slots, NULL);
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
    if (build_sets(module->code->set_slots) < 0) {
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
