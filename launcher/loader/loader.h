/* Shared objects: prelinked ones, and files that the C library's dynamic linker loads from memory. dlfcn.c interposes
   its dl* functions. */

#ifndef LOADER_H
#define LOADER_H

#include "bundle.h"

#include <stdbool.h>

/* Remember what constructors are called with, and run those of resident objects. Call first in main. Returns 0, or -1
   with the reason in `bundle_loader_error`. */
int bundle_start_loader(int argc, char **argv, char **environment);
const char *bundle_loader_error(void);

/* Prelinked objects that are loaded, in the order in which their constructors ran. */
const uint32_t *bundle_loaded_objects(uint32_t *count);

/* A start from a snapshot has four steps.
   1. Find the values of the snapshot's `system_words`; `words` has room for one of each. False: something is missing, and
      nothing was done.
   2. Map what its objects hold when they are new, from the executable's file. False: nothing was mapped.
   3. Write the values.
   4. Make constants read-only. */
bool bundle_find_system_words(const struct bundle_snapshot *snapshot, uint64_t *words);
bool bundle_map_objects_again(const struct bundle_snapshot *snapshot, int fd);
void bundle_write_system_words(const struct bundle_snapshot *snapshot, const uint64_t *words);
void bundle_protect_objects(const struct bundle_snapshot *snapshot);

/* Run the constructors of those objects that ask for the processor, which are mapped, as if they were new. */
void bundle_construct_again(const struct bundle_snapshot *snapshot, const uint64_t *words);

/* While recording: the writable segments of an object as its constructors had left them, one behind the other. NULL: they did
   more than to write there, or it is resident. */
const void *bundle_constructed(uint32_t object);

/* An object that was restored as it was before its constructors: write the words of its indirect functions, while it can be
   written; then run the constructors. */
void bundle_resolve_anew(uint32_t object);
void bundle_construct_anew(uint32_t object);

/* While recording: tell which fresh objects (fresh.c) cannot be constructed anew at each start, and why. */
void bundle_tell_spoiled(void (*tell)(uint32_t object, const char *why));

/* While recording, in the end: let generators of random numbers of OpenSSL's that were seeded be seeded as in every recording. */
void bundle_begin_openssl_anew(void);

/* Let the destructors of objects that are there run when the process ends. Returns 0, or -1. */
int bundle_register_destructors(void);

/* Is a shared object loaded whose C++ objects' death may be seen from outside? */
bool bundle_visible_object_loaded(void);

#endif
