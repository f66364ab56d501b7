/* Mapping objects. */

#ifndef MAPPING_H
#define MAPPING_H

#include "bundle.h"

#include <stdbool.h>

/* Map what an object holds when it is new; `fd`: the executable's file, or negative when it cannot be opened. 0, or -1 with
   the error for dlerror. `with_variables`: else constants stand in their place, until somebody maps over them. */
int bundle_map_object(int fd, const struct bundle_object *object, bool with_variables);

#endif
