/* Start-up modules as static code: what CPython would unmarshal from its own frozen modules. */

#include "compat/compat.h"

#include "internal/pycore_import.h"

#include "executable/executable.h"
#include "interpreter/frozen.h"
#include "interpreter/importer.h"
#include "interpreter/interposed_python.h"
#include "interpreter/interpreter.h"

/* The module that an entry of the interpreter's table stands for. */
static const struct bundle_module *
bootstrap_module(const struct _frozen *entry)
{
    if (strcmp(entry->name, "_frozen_importlib") == 0) {
        return bundle_find_module(BOOTSTRAP);
    }
    if (strcmp(entry->name, "_frozen_importlib_external") == 0) {
        return bundle_find_module(BOOTSTRAP_EXTERNAL);
    }
    return bundle_find_module(entry->name);
}

/* Called in place of libpython's function of this name: import.c makes one call for each of its frozen modules. */
PyObject *
__wrap_PyMarshal_ReadObjectFromString(const char *data, Py_ssize_t size)
{
    for (const struct _frozen *entry = _PyImport_FrozenBootstrap; entry->name; entry++) {
        if (data == (const char *)entry->code) {
            /* An interpreter that the program makes: this is the last moment before it looks for files. */
            bool is_external = strcmp(entry->name, "_frozen_importlib_external") == 0;
            if (is_external && !compat_is_main_interpreter() && bundle_prepare_interpreter() < 0) {
                return NULL;
            }
            return bundle_module_code(bootstrap_module(entry));
        }
    }
    return bundle_unmarshal(data, size);
}
