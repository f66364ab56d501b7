/* The bytes of bundled files, and descriptors of these files. */

#ifndef CONTENTS_H
#define CONTENTS_H

#include "bundle.h"

#include <stdbool.h>
#include <sys/stat.h>

/* Does a file have bytes to be read? Listed modules have none, nor have prelinked objects without a delta. */
static inline bool
bundle_has_contents(const struct bundle_file *file)
{
    return !file->is_folder && !file->is_listed_only && (file->data || file->delta || !file->size);
}

/* The bytes of such a file; NULL with errno. Give them back afterwards. */
const unsigned char *bundle_map_contents(const struct bundle_file *file);
void bundle_unmap_contents(const struct bundle_file *file, const unsigned char *data);

/* Write all bytes to a descriptor; errors in errno. */
bool bundle_write_all(int fd, const unsigned char *data, uint64_t size);

/* A descriptor that stands for a file or folder, for open with these flags; -1 with errno. */
int bundle_open_descriptor(const struct bundle_file *file, int flags);

/* Were there descriptors of folders, or such behind which the contents are not (unwritten.c)? Only then do calls have to
   look for them. */
extern bool bundle_has_folder_descriptors;
extern bool bundle_has_unwritten;

/* The file or folder whose descriptor has these facts, as the kernel tells them; NULL when it is none of ours. */
const struct bundle_file *bundle_described_file(const struct stat *facts);

/* The file or folder that a descriptor stands for, and the kernel's facts of it; NULL when it is none of ours. Keeps
   errno. */
const struct bundle_file *bundle_descriptor_file(int fd, struct stat *facts);

/* The facts that all calls give for a file or folder. */
struct stat bundle_file_facts(const struct bundle_file *file);

#endif
