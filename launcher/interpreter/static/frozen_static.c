/* The static libpython's own frozen modules, replaced.

   Defining every global of its frozen.o (and deepfreeze.o, and getpath.o) here keeps those members out of the link, and
   with them the interpreter's own copies of modules that we bring anyway. */

#include "compat/compat.h"

#include "internal/pycore_import.h"

#include "interpreter/frozen.h"
#include "interpreter/interposed_python.h"
#include "interpreter/interpreter.h"
#include "lifetime.h"

/* Tell our entries from the data of any other frozen module. Only the first byte is ever read: 0 means "invalid". */
static const unsigned char markers[2] = {1, 1};

#define ENTRY(frozen_name, index) {.name = (frozen_name), .code = &markers[index], .size = 1}

static const struct _frozen bootstrap[] = {
    ENTRY("_frozen_importlib", 0),
    ENTRY("_frozen_importlib_external", 1),
    {0},
};
static const struct _frozen none[1];
static const struct _module_alias aliases[] = {
    {"_frozen_importlib", BOOTSTRAP},
    {"_frozen_importlib_external", BOOTSTRAP_EXTERNAL},
    {0},
};

PER_PROGRAM const struct _frozen *_PyImport_FrozenBootstrap = bootstrap;
PER_PROGRAM const struct _frozen *_PyImport_FrozenStdlib = none;
PER_PROGRAM const struct _frozen *_PyImport_FrozenTest = none;
PER_PROGRAM const struct _frozen *PyImport_FrozenModules = NULL;
PER_PROGRAM const struct _module_alias *_PyImport_FrozenAliases = aliases;

PyObject *
bundle_unmarshal(const char *data, Py_ssize_t size)
{
    return __real_PyMarshal_ReadObjectFromString(data, size);
}

void
bundle_prepare_frozen(void)
{
}

#ifdef COMPAT_DEEPFREEZE
/* The globals of deepfreeze.o. */
int _Py_Deepfreeze_Init(void);
void _Py_Deepfreeze_Fini(void);

int
_Py_Deepfreeze_Init(void)
{
    return 0;
}

void
_Py_Deepfreeze_Fini(void)
{
}

#ifdef COMPAT_NEXT_FUNC_VERSION
PER_PROGRAM uint32_t _Py_next_func_version = 1;
#endif
#endif

/* The globals of getpath.o: it would search the disk beside the executable for a Python installation, and a `._pth`
   file there could change sys.path. Every path is set in process/configuration.c. */
PyStatus _PyConfig_InitPathConfig(PyConfig *config, int compute_path_config);
PyObject *_Py_Get_Getpath_CodeObject(void);

PyStatus
_PyConfig_InitPathConfig(PyConfig *config, int compute_path_config)
{
    (void)config;
    (void)compute_path_config;
    return PyStatus_Ok();
}

PyObject *
_Py_Get_Getpath_CodeObject(void)
{
    return NULL;
}
