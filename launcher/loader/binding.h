/* Binding objects. */

#ifndef BINDING_H
#define BINDING_H

#include "bundle.h"

#include <stddef.h>
#include <stdint.h>

/* Write the words of an object that are only known now; `root` is the object that was asked for. 0, or -1 with the error for
   dlerror. */
int bundle_bind_object(const struct bundle_object *object, const struct bundle_object *root);

/* Write the word that an indirect function's resolver gives. */
void bundle_call_resolver(const struct bundle_patch *patch);

/* The address of a symbol that some library which is no object defines; NULL when there is none. */
void *bundle_system_symbol(const struct bundle_patch *patch);

/* Number of the library that defines a thread-local variable, and the variable's place in the library's block. */
int bundle_find_system_thread_local(const struct bundle_object *object, const struct bundle_patch *patch,
                                    size_t *module, uint64_t *offset);

#endif
