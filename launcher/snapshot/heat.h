/* Which blocks of the region a start from the snapshot touches. */

#ifndef HEAT_H
#define HEAT_H

#include "bundle.h"

#include <stdbool.h>

/* From now on no block of the region can be touched without being noticed. To be called when all is recorded: what happens next
   changes the memory. False: the request does not want it, or that cannot be done. */
bool bundle_begin_heat(void);

/* The end of that. The blocks, in the order of their numbers, and how many there are. */
const struct bundle_heat *bundle_end_heat(uint64_t *count);

#endif
