/* Libraries of the system, and carried ones, that prelinked objects need. */

#ifndef SYSTEM_LIBRARIES_H
#define SYSTEM_LIBRARIES_H

#include "bundle.h"

#include <link.h>

/* Open a library by its soname: its handle, or NULL with the error for dlerror. */
void *bundle_open_system_library(const char *soname, int flags);

/* Open the libraries that the unloaded objects of a tree need; 0, or -1 with the error for dlerror. `last`
   becomes the library after which new ones stand in the dynamic linker's list, or NULL. */
int bundle_open_system_libraries(const uint32_t *tree, uint32_t count, const struct link_map **last);

/* Let those that were opened after `last` call prelinked objects, bound by now, in place of the system's copies of them. */
void bundle_join_system_libraries(const struct link_map *last);

#endif
