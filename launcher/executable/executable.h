/* The executable itself: its tables, its compressed contents, its file. */

#ifndef EXECUTABLE_H
#define EXECUTABLE_H

#include "bundle.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* FNV-1a, 32 bits, the same function as in bundler/contract.py, which fills the tables. */
uint32_t bundle_hash_text(const char *text);

/* Look up a text in an index over records of `size` bytes that begin with their text; NULL when absent. */
const void *bundle_find(const struct bundle_index *index, const void *records, size_t size, const char *text);

static inline const struct bundle_module *
bundle_find_module(const char *name)
{
    return bundle_find(&bundle.module_index, bundle.modules, sizeof(struct bundle_module), name);
}

/* Unpack exactly `size` bytes of raw DEFLATE; false when the data are damaged. */
bool bundle_inflate(const unsigned char *packed, size_t packed_size, unsigned char *out, size_t size);

/* Write the file of a prelinked object, `size` bytes; false with errno. */
bool bundle_apply_delta(const struct bundle_delta *delta, unsigned char *out, uint64_t size);

/* Did the loader move what is stored of objects to where they run, for want of the executable's file? */
extern bool bundle_moved_contents;

/* The path of this executable; `otherwise` where the system does not tell. */
const char *bundle_own_path(const char *otherwise);

/* A path by which this executable can be started once more. */
const char *bundle_path_to_start(void);

/* Is this path, or this descriptor, that of the executable we run from? Does a process run it? */
bool bundle_is_own_file(const char *path);
bool bundle_is_own_descriptor(int fd);
bool bundle_runs_own_file(pid_t process);

/* The executable's file, open for reading, for the caller to close; -1 with errno, ESTALE when the file is another one. */
int bundle_open_own_file(void);

/* Where in that file an address of its load segments comes from; -1 for other addresses. */
off_t bundle_own_offset(const void *address);

#endif
