/* The shared libpython's own frozen modules, set aside.

   What the library calls within itself was bound when it was built, so its tables stay where they are; but the functions
   that read them begin with a jump to the launcher's (INTERPOSED_IN_SHARED_PYTHON). Where a compiler has
   made a copy of such a function, the library's own module runs: slower to load, otherwise the same. */

#include "compat/compat.h"

#include "internal/pycore_import.h"

#include "interpreter/frozen.h"
#include "interpreter/interpreter.h"
#include "lifetime.h"

#include <marshal.h>
#include <stdio.h>
#include <string.h>

/* Before the interpreter starts: of its frozen modules only those stay that it needs to import anything: the first two of
   the table (frozen.c). The third is zipimport, which the importer finds as any other. */
void
bundle_prepare_frozen(void)
{
    static const struct _frozen none[1];
    PER_PROGRAM static struct _frozen bootstrap[3];
    memcpy(bootstrap, _PyImport_FrozenBootstrap, 2 * sizeof *bootstrap);
#ifdef COMPAT_DEEPFREEZE
    /* Deep-frozen code would not come through the function that is replaced, and 3.11 gives it to all interpreters. What
       stands for it tells the two apart; only its first byte is ever read: 0 means "invalid". */
    static const unsigned char markers[2] = {1, 1};
    for (int i = 0; i < 2; i++) {
        bootstrap[i].get_code = NULL;
        bootstrap[i].code = &markers[i];
        bootstrap[i].size = 1;
    }
#endif
    _PyImport_FrozenBootstrap = bootstrap;
    _PyImport_FrozenStdlib = none;
    _PyImport_FrozenTest = none;
}

/* What PyMarshal_ReadObjectFromString does; the code of that function is not there to be called. Nothing is imported: an
   interpreter that is being made has no importer yet. */
PyObject *
bundle_unmarshal(const char *data, Py_ssize_t size)
{
    FILE *file = fmemopen((void *)data, size, "r");
    if (!file) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    PyObject *value = PyMarshal_ReadObjectFromFile(file);
    fclose(file);
    return value;
}
