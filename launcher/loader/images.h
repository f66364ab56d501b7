/* Prelinked images: which are loaded, and what they export. */

#ifndef IMAGES_H
#define IMAGES_H

#include "bundle.h"

#include <link.h>
#include <stdbool.h>

enum image_state { UNLOADED, MAPPED, BOUND, LOADED, FAILED };

/* Are its segments in place? */
static inline bool
bundle_is_mapped(uint32_t index)
{
    return bundle_image_states[index] != UNLOADED && bundle_image_states[index] != FAILED;
}

/* The image that a handle of ours stands for; NULL for handles of the C library. */
const struct bundle_image *bundle_image_of(const void *handle);

/* The loaded image in whose memory an address lies; NULL when there is none. */
const struct bundle_image *bundle_image_at(const void *address);

/* An image and all that it needs, breadth first, into `tree`, which has room for every image; how many they are. */
uint32_t bundle_image_tree(uint32_t root, uint32_t *tree);

/* The symbol at an index of an image's table can be bound to. */
bool bundle_is_exported(const ElfW(Sym) *symbol);

/* A symbol that this one image exports; NULL when it does not. */
void *bundle_image_symbol(const struct bundle_image *image, const char *name);

/* As dlsym on a handle: the image, then what it needs, breadth first. */
void *bundle_symbol_below(const struct bundle_image *image, const char *name);

/* thread_local.S: what the build gives to images as a TLS descriptor's function, and in place of __tls_get_addr. Their
   calling conventions are not C's. */
void bundle_tlsdesc(void);
void bundle_tls_get_addr(void);

#endif
