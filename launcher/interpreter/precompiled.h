/* Results of compiling that were known when the binary was built. */

#ifndef PRECOMPILED_H
#define PRECOMPILED_H

#include "compat/compat.h"

/* The result with this key (borrowed); NULL when it is not known, or with an exception set. */
PyObject *bundle_precompiled(const char *key);

/* The namespace of a module that was just run: that of `re._compiler` is taught to find regular expressions. Returns 0,
   or -1 with an exception set. */
int bundle_module_was_run(PyObject *globals);

#endif
