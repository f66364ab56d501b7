/* What the launcher's files offer each other. */

#ifndef LAUNCHER_H
#define LAUNCHER_H

#include "bundle.h"

#include <stdbool.h>
#include <stddef.h>

/* tables.c: look-up in an index over records of `size` bytes that begin with their text; NULL when absent. */
const void *bundle_find(const struct bundle_index *index, const void *records, size_t size, const char *text);

static inline const struct bundle_module *
bundle_find_module(const char *name)
{
    return bundle_find(&bundle.module_index, bundle.modules, sizeof(struct bundle_module), name);
}

/* images.c: remember what constructors are called with. Call first in main. */
void bundle_images_start(int argc, char **argv, char **environment);

/* images.c: the loaded image in whose memory an address lies; NULL when there is none. */
const struct bundle_image *bundle_image_at(const void *address);

/* images.c: is an image loaded whose objects' death may be seen from outside? */
bool bundle_visible_image_loaded(void);

/* unwind.c: let the system's unwinder, once it is loaded, find the frames of images. */
void bundle_bind_unwinder(void);

#endif
