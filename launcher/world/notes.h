/* The notes. */

#ifndef NOTES_H
#define NOTES_H

#include "world/world.h"

/* Give random bytes as getrandom(2) does; `caller`: the code that asks for them. */
long bundle_answer_with_chance(void *bytes, size_t size, unsigned flags, const void *caller);

#endif
