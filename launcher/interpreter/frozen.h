/* The interpreter's own frozen modules: one of static/frozen_static.c and shared/frozen_shared.c. */

#ifndef FROZEN_H
#define FROZEN_H

#include "compat/compat.h"

/* The names under which the binary holds what import.c needs before it can import (pylifecycle.c, import.c). */
#define BOOTSTRAP "importlib._bootstrap"
#define BOOTSTRAP_EXTERNAL "importlib._bootstrap_external"

/* A new reference to the object that marshalled data stands for; NULL with an exception set. */
PyObject *bundle_unmarshal(const char *data, Py_ssize_t size);

#endif
