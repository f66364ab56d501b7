/* What a usual start needs that takes the place of one from a snapshot. */

#ifndef ANEW_H
#define ANEW_H

#include "bundle.h"

/* Before the variables of a snapshot are set: remember the environment that this process was started with. */
void bundle_keep_environment(const struct bundle_snapshot *snapshot);

#endif
