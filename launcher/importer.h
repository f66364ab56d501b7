/* The C side of the importer. */

#ifndef IMPORTER_H
#define IMPORTER_H

#include "compat.h"

#include "bundle.h"

#include <stdbool.h>

/* The code object of a frozen module (a new reference), ready to run; NULL with an exception set. */
PyObject *bundle_module_code(const struct bundle_module *module);

/* interpreters.c: a copy of frozen code for another interpreter than the main one (a new reference). */
PyObject *bundle_copy_code(const struct bundle_code *frozen);

/* interpreters.c: build the frozensets that are not there yet, and mark them in `mine` unless it is NULL; how many, or -1
   with an exception set. Between bundle_lock_code and bundle_unlock_code. */
Py_ssize_t bundle_build_sets(const struct bundle_fixup *fixups, bool *mine);
void bundle_lock_code(void);
void bundle_unlock_code(void);

/* collector.c: no collections of garbage in the main interpreter until as many calls of the second as of the first; the
   first may come before there is an interpreter. */
void bundle_hold_collector(void);
void bundle_release_collector(void);

/* The path of a module as text (a new reference); NULL with an exception set. */
PyObject *bundle_path_text(const char *path);

/* The built-in module `_bundle`, for PyImport_AppendInittab. */
PyObject *PyInit__bundle(void);

/* Run importer.py: every import from now on sees the bundled modules. Returns 0, or -1 with an exception set. */
int bundle_install_importer(void);

/* The code of a function that importer.py defines (a new reference); NULL with an exception set. */
PyObject *bundle_importer_constant(const char *name);

/* The same in another interpreter than the main one, which is about to import its first module from a file. */
int bundle_prepare_interpreter(void);

/* What `site` and `runpy` would have done for the program; `module` is what `python -m` runs, or NULL. Returns 0, or -1
   with an exception set. */
int bundle_prepare_main(const char *module);

/* The same for a start as `python`. */
int bundle_prepare_python(void);

#endif
