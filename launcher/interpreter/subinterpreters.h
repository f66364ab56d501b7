/* Frozen code for other interpreters than the main one. */

#ifndef SUBINTERPRETERS_H
#define SUBINTERPRETERS_H

#include "compat/compat.h"

#include "code.h"

#include <stdbool.h>

/* A copy of frozen code for another interpreter than the main one (a new reference); NULL with an exception set. */
PyObject *bundle_copy_code(const struct bundle_code *frozen);

/* Build the frozensets that are not there yet, and mark them in `mine` unless it is NULL; how many, or -1 with an
   exception set. Between bundle_lock_code and bundle_unlock_code. */
Py_ssize_t bundle_build_sets(const struct bundle_set_slot *set_slots, bool *mine);
void bundle_lock_code(void);
void bundle_unlock_code(void);

#endif
