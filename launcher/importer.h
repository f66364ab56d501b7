/* The C side of the importer. */

#ifndef IMPORTER_H
#define IMPORTER_H

#include "compat.h"

#include "bundle.h"

/* The code object of a frozen module (a new reference), ready to run; NULL with an exception set. */
PyObject *bundle_module_code(const struct bundle_module *module);

/* The built-in module `_bundle`, for PyImport_AppendInittab. */
PyObject *PyInit__bundle(void);

/* Run importer.py: every import from now on sees the bundled modules. Returns 0, or -1 with an exception set. */
int bundle_install_importer(void);

/* The code of a function that importer.py defines (a new reference); NULL with an exception set. */
PyObject *bundle_importer_constant(const char *name);

/* What `site` and `runpy` would have done for the program; `module` is what `python -m` runs, or NULL. Returns 0, or -1
   with an exception set. */
int bundle_prepare_main(const char *module);

/* The same for a start as `python`. */
int bundle_prepare_python(void);

#endif
