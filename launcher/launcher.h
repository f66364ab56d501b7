/* What the launcher's files offer each other. */

#ifndef LAUNCHER_H
#define LAUNCHER_H

#include "bundle.h"

#include <stddef.h>

/* tables.c: look-up in an index over records of `size` bytes that begin with their text; NULL when absent. */
const void *bundle_find(const struct bundle_index *index, const void *records, size_t size, const char *text);

static inline const struct bundle_module *
bundle_find_module(const char *name)
{
    return bundle_find(&bundle.module_index, bundle.modules, sizeof(struct bundle_module), name);
}

/* images.c: the executable's own file, opened for reading (a new reference for each caller is not made); -1 with errno. */
int bundle_executable_fd(void);

/* images.c: remember what constructors and the executable's path are made from. Call first in main. */
void bundle_images_start(int argc, char **argv, char **environment);

#endif
