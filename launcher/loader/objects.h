/* Prelinked objects: which are loaded, and what they export. */

#ifndef OBJECTS_H
#define OBJECTS_H

#include "bundle.h"

#include <link.h>
#include <stdbool.h>

enum object_state { UNLOADED, MAPPED, BOUND, LOADED, FAILED };

/* Are its segments in place? */
static inline bool
bundle_is_mapped(uint32_t index)
{
    return bundle_object_states[index] != UNLOADED && bundle_object_states[index] != FAILED;
}

/* The object that a handle of ours stands for; NULL for handles of the C library. */
const struct bundle_object *bundle_object_of(const void *handle);

/* The loaded object in whose memory an address lies; NULL when there is none. */
const struct bundle_object *bundle_object_at(const void *address);

/* An object and all that it needs, breadth first, into `tree`, which has room for every object; how many they are. */
uint32_t bundle_object_tree(uint32_t root, uint32_t *tree);

/* The symbol at an index of an object's table can be bound to. */
bool bundle_is_exported(const ElfW(Sym) *symbol);

/* A symbol that this one object exports; NULL when it does not. */
void *bundle_object_symbol(const struct bundle_object *object, const char *name);

/* As dlsym on a handle: the object, then what it needs, breadth first. */
void *bundle_symbol_below(const struct bundle_object *object, const char *name);

/* What __tls_get_addr is asked for: the number of an object, and a place in its block. */
struct thread_local_index {
    uint64_t module;
    uint64_t offset;
};

void *__tls_get_addr(struct thread_local_index *index);

/* thread_local_*.S: what the build gives to objects as a TLS descriptor's function, whose calling convention is not C's, and
   in place of __tls_get_addr, with offsets that count from the thread pointer. */
void bundle_tlsdesc(void);
void
bundle_tlsdesc_dynamic(void); /* where machines have it: for objects whose storage is made when a thread asks for it */
void *bundle_tls_get_addr(struct thread_local_index *index);

/* descriptors_*.c: make the calling thread's block of an object. `argument`: a descriptor's second word, with the object's number
   in its upper half. */
void bundle_make_thread_block(uint64_t argument);

#endif
