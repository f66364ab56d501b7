/* The virtual file system below BUNDLE_ROOT. libc_*.c interpose the C library's file calls. */

#ifndef FILES_H
#define FILES_H

#include "bundle.h"

#include <stdbool.h>
#include <stddef.h>

/* Does a path lie under the root? Cheap, for every file call asks. */
bool bundle_is_ours(const char *path);

/* The file or folder at such a path, which need not be in its shortest form; NULL with errno. */
const struct bundle_file *bundle_find_file(const char *path);

/* A descriptor of a nameless file with a file's contents, closed on exec; -1 with errno. */
int bundle_open_contents(const struct bundle_file *file);

/* A descriptor of a nameless file with these bytes, closed on exec; -1 with errno. `name`: what the system calls it. */
int bundle_open_bytes(const char *name, const void *bytes, size_t size);

/* Copy the file or folder at a path of ours to where others can read it; the copy's path goes to `out`, of PATH_MAX
   bytes. 0, or -1 with errno. Neighbours are the other files of the package's data folder in which a file lies; programs
   and scripts have theirs in any case. */
int bundle_copy_outside(const char *path, bool with_neighbours, char *out);

#endif
