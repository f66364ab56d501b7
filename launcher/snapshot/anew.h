/* What a usual start needs that takes the place of one from a snapshot. */

#ifndef ANEW_H
#define ANEW_H

#include "bundle.h"

/* Before variables are set: remember the environment that this process was started with. */
void bundle_keep_environment(void);

#endif
