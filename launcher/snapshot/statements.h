/* Statements of modules that are run again at each start. */

#ifndef STATEMENTS_H
#define STATEMENTS_H

#include "compat/compat.h"

/* Run code in modules, and remember it for each start. `again`: a tuple of pairs of a module's name and code; modules may be
   missing. 0, or -1 with an exception set. */
int bundle_prepare_statements(PyObject *again);

/* Run code in modules as a start does, while the program is recorded. 0, or -1 with an exception set. */
int bundle_try_statements(PyObject *again);

/* Lines "MODULE NAME:object": the names whose objects have got new values in place. A new reference, or NULL. */
PyObject *bundle_names_kept(void);

/* Run the code at a start, and forget it. 0, or -1 with an exception set. */
int bundle_run_statements(void);

#endif
