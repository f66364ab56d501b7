/* Loading prelinked objects. */

#ifndef LOADING_H
#define LOADING_H

#include "bundle.h"

#include <stdbool.h>

/* Load an object and what it needs; 0, or -1 with the error for dlerror. Between bundle_lock_loader and
   bundle_unlock_loader. */
int bundle_load_object(uint32_t index);

void bundle_run_constructors(const struct bundle_object *object);

/* While recording: keep what an object's constructors have written. `is_pure`: they did nothing else (constructed.c). */
void bundle_note_constructed(uint32_t index, bool is_pure);

/* While recording: does each start construct this object itself? Its constructors, which `construct` runs, then run so that
   this shows whether it can (fresh.c). */
bool bundle_is_fresh(uint32_t index);
void bundle_construct_fresh(uint32_t index, void (*construct)(const struct bundle_object *object));

/* The lock of the loader, which one thread may take several times. */
void bundle_lock_loader(void);
void bundle_unlock_loader(void);

#endif
