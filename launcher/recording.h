/* Is this process one that is recorded for a snapshot? */

#ifndef RECORDING_H
#define RECORDING_H

#include "bundle.h"

#include <stdbool.h>

/* A run of a copy of the executable, into which the build has written its request. */
static inline bool
bundle_is_recording(void)
{
    return bundle.snapshot && __builtin_expect(bundle.snapshot->state == BUNDLE_RECORDING, 0);
}

#endif
