/* Shared objects that the C library's dynamic linker loads from memory files. */

#ifndef MEMORY_FILES_H
#define MEMORY_FILES_H

#include "bundle.h"

#include <stdbool.h>

/* Load a file of the binary, with the carried ones that it needs: its handle, or NULL with the error for dlerror. The
   loader is locked. */
void *bundle_load_file(const struct bundle_file *file, int flags);

/* The file of a carried library with this soname; NULL when there is none. */
const struct bundle_file *bundle_carried_file(const char *soname);

/* The path of a file that was loaded, by the name that the dynamic linker has for it; NULL for others. */
const char *bundle_carried_path(const char *name);

/* Was any file loaded so? */
bool bundle_any_carried_loaded(void);

#endif
