/* The bytes of bundled files. */

#ifndef CONTENTS_H
#define CONTENTS_H

#include "bundle.h"

/* The bytes of a file that has some; NULL with errno. Give them back afterwards. */
const unsigned char *bundle_map_contents(const struct bundle_file *file);
void bundle_unmap_contents(const struct bundle_file *file, const unsigned char *data);

/* A read-only descriptor of a file's contents, for open with these flags; -1 with errno. */
int bundle_open_contents_as(const struct bundle_file *file, int flags);

#endif
