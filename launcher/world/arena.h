/* The arena: memory of constructors that each start runs anew. */

#ifndef ARENA_H
#define ARENA_H

#include "bundle.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* Is memory taken from it at present? */
bool bundle_is_arena_open(void);

/* Zeroed bytes behind `head` others; NULL with errno. */
void *bundle_take_from_arena(uint64_t size, uint64_t alignment, uint64_t head);

bool bundle_in_arena(const void *address);

/* Start a thread that waits before it begins. As pthread_create. */
int
bundle_start_waiting(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument);

#endif
