/* Redirecting the calls of a loaded object. */

#ifndef REDIRECT_H
#define REDIRECT_H

#include <link.h>

/* Redirect the calls of a loaded object to the functions that `find` returns by name; NULL leaves a call as it is. */
void bundle_redirect(const struct link_map *object, void *(*find)(const char *name));

#endif
