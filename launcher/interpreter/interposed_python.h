/* Prototypes of the interpreter's functions in whose place the launcher's are called. */

#ifndef INTERPOSED_PYTHON_H
#define INTERPOSED_PYTHON_H

#include "compat/compat.h"
#include "interposed.h"

INTERPOSED_FOR_EXTENSIONS(DECLARE_EXTENSION)
INTERPOSED_IN_STATIC_PYTHON(DECLARE_WRAP)
INTERPOSED_IN_STATIC_PYTHON(DECLARE_REAL)
INTERPOSED_IN_SHARED_PYTHON(DECLARE_WRAP)

#endif
