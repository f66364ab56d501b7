/* Other functions for what a loaded object calls. */

#ifndef REDIRECT_H
#define REDIRECT_H

#include <link.h>

/* Where a loaded object is to call other functions than those it was bound to; `find` gives them by name. */
void bundle_redirect(const struct link_map *object, void *(*find)(const char *name));

#endif
