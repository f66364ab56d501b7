/* Generators of random numbers. */

#ifndef GENERATORS_H
#define GENERATORS_H

#include "compat/compat.h"

#include "bundle.h"

/* Call `found` with each generator and the size of its state. 0, or -1 with an exception set. */
int bundle_find_generators(void (*found)(PyObject *object, uint64_t size));

/* A sum of the state of the generator behind the functions of `random`; 0 while that is not imported. */
uint64_t bundle_shared_state(void);

/* While a program is recorded: let all generators go on from one seed, or each from random bytes, and then from where they were. What
   is drawn from one seed is the same in each recording. 0, or -1 with an exception set. */
int bundle_seed_alike(void);
int bundle_seed_by_chance(void);
void bundle_unseed(void);

/* Seed those of a snapshot. 0, or -1 with an exception set. */
int bundle_seed_generators(const struct bundle_snapshot *snapshot);

#endif
