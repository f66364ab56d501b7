/* Objects that the C library's dynamic linker takes for libraries. */

#ifndef STAND_IN_H
#define STAND_IN_H

#include "bundle.h"

#include <stdbool.h>

/* Let the dynamic linker have a library of this name whose functions are those of a loaded prelinked object, and behind it the
   library at a path, unless that is "". False: it takes none. The loader is locked. */
bool bundle_stand_in(const struct bundle_object *object, const char *soname, const char *behind);

#endif
