/* Shared objects: prelinked ones, and files that the C library's dynamic linker loads from memory. dlfcn.c interposes
   its dl* functions. */

#ifndef LOADER_H
#define LOADER_H

#include "bundle.h"

#include <stdbool.h>

/* Remember what constructors are called with, and run those of resident objects. Call first in main. Returns 0, or -1
   with the reason in `bundle_loader_error`. */
int bundle_start_loader(int argc, char **argv, char **environment);
const char *bundle_loader_error(void);

/* Is a shared object loaded whose C++ objects' death may be seen from outside? */
bool bundle_visible_object_loaded(void);

#endif
