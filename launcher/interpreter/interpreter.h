/* The interpreter's side: the bundled modules, and the importer that finds them. */

#ifndef INTERPRETER_H
#define INTERPRETER_H

#include "compat/compat.h"

#include "bundle.h"

/* Set the interpreter's own frozen modules aside. Call before it is initialised. */
void bundle_prepare_frozen(void);

/* The built-in module `_bundle`, for PyImport_AppendInittab. */
PyObject *PyInit__bundle(void);

/* Hold the main interpreter's garbage collector back until each hold is released. A hold may come before there is an
   interpreter. */
void bundle_hold_collector(void);
void bundle_release_collector(void);

/* Run importer.py: every import from now on sees the bundled modules. Returns 0, or -1 with an exception set. */
int bundle_install_importer(void);

/* Let `compile`, `exec` and `eval` find the code of texts. Returns 0, or -1 with an exception set. */
int bundle_replace_compilers(void);

/* Do for the program what `site` and `runpy` would have done; `module` is what `python -m` runs, or NULL. Returns 0, or
   -1 with an exception set. */
int bundle_prepare_main(const char *module);

/* Import the modules that run before `__main__`. Returns 0, or -1 with an exception set. */
int bundle_run_hooks(void);

/* As bundle_prepare_main, for a start as `python`. Returns 0, or -1 with an exception set. */
int bundle_prepare_python(void);

/* The code object of a frozen module (a new reference), ready to run; NULL with an exception set. */
PyObject *bundle_module_code(const struct bundle_module *module);

/* A path as text (a new reference); NULL with an exception set. */
PyObject *bundle_path_text(const char *path);

/* Intern names, between which there are zeros: static code's strings where it has them. */
void bundle_intern_names(const char *names, size_t size);

#endif
