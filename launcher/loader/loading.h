/* Loading prelinked objects. */

#ifndef LOADING_H
#define LOADING_H

#include "bundle.h"

#include <stdbool.h>
#include <stddef.h>

/* Load an object and what it needs; 0, or -1 with the error for dlerror. Between bundle_lock_loader and
   bundle_unlock_loader. */
int bundle_load_object(uint32_t index);

/* Map what an object holds when it is new; `fd`: the executable's file, or negative when it cannot be opened. 0, or -1 with
   the error for dlerror. `with_variables`: else constants stand in their place, until somebody maps over them. */
int bundle_map_object(int fd, const struct bundle_object *object, bool with_variables);

void bundle_run_constructors(const struct bundle_object *object);

/* While recording: keep what an object's constructors have written. `is_pure`: they did nothing else (constructed.c). */
void bundle_note_constructed(uint32_t index, bool is_pure);

/* While recording: does each start construct this object itself? Its constructors, which `construct` runs, then run so that
   this shows whether it can (fresh.c). */
bool bundle_is_fresh(uint32_t index);
void bundle_construct_fresh(uint32_t index, void (*construct)(const struct bundle_object *object));

/* Write the word that an indirect function's resolver gives. */
void bundle_call_resolver(const struct bundle_patch *patch);

/* The address of a symbol that some library which is no object defines; NULL when there is none. */
void *bundle_system_symbol(const struct bundle_patch *patch);

/* Number of the library that defines a thread-local variable, and the variable's place in the library's block. */
int bundle_find_system_thread_local(const struct bundle_object *object, const struct bundle_patch *patch,
                                    size_t *module, uint64_t *offset);

/* The lock of the loader, which one thread may take several times. */
void bundle_lock_loader(void);
void bundle_unlock_loader(void);

#endif
