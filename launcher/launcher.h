/* What the launcher's files offer each other. */

#ifndef LAUNCHER_H
#define LAUNCHER_H

#include "bundle.h"

#include <link.h>
#include <stdbool.h>
#include <stddef.h>

/* tables.c: FNV-1a, 32 bits, the same function as in bundler/contract.py, which fills the tables. */
uint32_t bundle_hash_text(const char *text);
/* Look-up in an index over records of `size` bytes that begin with their text; NULL when absent. */
const void *bundle_find(const struct bundle_index *index, const void *records, size_t size, const char *text);

static inline const struct bundle_module *
bundle_find_module(const char *name)
{
    return bundle_find(&bundle.module_index, bundle.modules, sizeof(struct bundle_module), name);
}

/* self.c: the path of this executable; `otherwise` where the system does not tell. */
const char *bundle_own_path(const char *otherwise);

/* self.c: is this path, or this descriptor, that of the executable we run from? */
bool bundle_is_own_file(const char *path);
bool bundle_is_own_descriptor(int fd);

/* children.c: remember how many starts of this executable by itself, one below the other, lead to this process. */
void bundle_children_start(int depth);

/* files.c: the bytes of a file that has some; NULL with errno. Give them back afterwards. */
const unsigned char *bundle_map_contents(const struct bundle_file *file);
void bundle_unmap_contents(const struct bundle_file *file, const unsigned char *data);

/* outside.c: copy the file or folder at a path of ours to where others can read it; the copy's path goes to `out`, of
   PATH_MAX bytes. 0, or -1 with errno. */
int bundle_copy_outside(const char *path, char *out);

/* inflate.c: unpack exactly `size` bytes; false when the data are damaged. */
bool bundle_inflate(const unsigned char *packed, size_t packed_size, unsigned char *out, size_t size);

/* images.c: remember what constructors are called with, and run those of resident images. Call first in main. Returns 0,
   or -1 with the reason in `bundle_images_error`. */
int bundle_images_start(int argc, char **argv, char **environment);
const char *bundle_images_error(void);

/* images.c: the loaded image in whose memory an address lies; NULL when there is none. */
const struct bundle_image *bundle_image_at(const void *address);

/* images.c: is an image loaded whose objects' death may be seen from outside? */
bool bundle_visible_image_loaded(void);
/* images.c: set the error that the next dlerror tells; `format` takes the two texts. Returns NULL. */
void *bundle_dl_fail(const char *format, const char *what, const char *why);

/* files.c: does a path lie under the root? */
bool bundle_is_ours(const char *path);

/* files.c: the file or folder at such a path, which need not be in its shortest form; NULL with errno. */
const struct bundle_file *bundle_find_file(const char *path);

/* files.c: a descriptor of a memory file with a file's contents, closed on exec; -1 with errno. */
int bundle_open_contents(const struct bundle_file *file);

/* carried.c: load a file of the binary, with what it needs, by the C library's dynamic linker: its handle, or NULL with
   the error for dlerror. The lock of images.c is held. */
void *bundle_load_file(const struct bundle_file *file, int flags);

/* carried.c: the path of a file that was loaded, by the name that the dynamic linker has for it; NULL for others. */
const char *bundle_carried_path(const char *name);

/* carried.c: was any file loaded so? */
bool bundle_any_carried_loaded(void);

/* images.c: a symbol that this one image exports; NULL when it does not. */
void *bundle_image_symbol(const struct bundle_image *image, const char *name);

/* unwind.c: where a loaded object is to call other functions than those it was bound to; `find` gives them by name. */
void bundle_redirect(const struct link_map *object, void *(*find)(const char *name));

/* unwind.c: let the system's unwinder, once it is loaded, find the frames of images. */
void bundle_bind_unwinder(void);

#endif
