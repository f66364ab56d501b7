/* Addresses in the C library, and its guard of the stack. */

#ifndef LIBRARY_H
#define LIBRARY_H

#include <pthread.h>

#include <stddef.h>
#include <stdint.h>

enum { BUNDLE_MOST_LIBRARY_ADDRESSES = 64 };

/* Fill in the words, in the same order in each process; how many there are. */
size_t bundle_library_addresses(uint64_t *out);

/* A new condition variable that counts by CLOCK_MONOTONIC: where its words lie differs between C libraries. */
void bundle_make_condition(pthread_cond_t *out);

#endif
