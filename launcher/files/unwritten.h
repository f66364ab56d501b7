/* Descriptors of bundled files whose contents could not be written to the nameless file behind them. */

#ifndef UNWRITTEN_H
#define UNWRITTEN_H

#include "files/contents.h"

#include <stdio.h>
#include <sys/types.h>

const struct bundle_file *unwritten_file_of(int fd);

/* The file that such a descriptor stands for; NULL for all others. */
static inline const struct bundle_file *
unwritten_file(int fd)
{
    return bundle_has_unwritten ? unwritten_file_of(fd) : NULL;
}

/* What the C library's functions of these names give. */
ssize_t unwritten_read(const struct bundle_file *file, int fd, void *out, size_t size);
ssize_t unwritten_pread(const struct bundle_file *file, void *out, size_t size, off_t offset);
off_t unwritten_lseek(const struct bundle_file *file, int fd, off_t offset, int whence);
void *
unwritten_mmap(const struct bundle_file *file, void *address, size_t size, int protection, int flags, off_t offset);
FILE *unwritten_fdopen(const struct bundle_file *file, int fd, const char *mode);

#endif
