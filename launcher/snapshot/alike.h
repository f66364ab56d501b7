/* What a recording needs to know of the process that was made like every other. */

#ifndef ALIKE_H
#define ALIKE_H

#include "bundle.h"

/* Let Python's objects have the allocators again that they would have had; the recorded ones stay where they are. */
void bundle_usual_allocations(void);

/* The arguments with which the program was run. */
char **bundle_recorded_arguments(void);

/* The arguments that a machine gives a program. */
enum { BUNDLE_MOST_ARGUMENTS = 4 };
int bundle_fill_arguments(const struct bundle_answers *answers, char *out[BUNDLE_MOST_ARGUMENTS + 1]);

/* End the process without a recording if a descriptor is open that was not at its beginning, or if there is a thread more that no
   start begins again. */
void bundle_look_for_obstacles(void);

/* Write what the request's ranges held before there was an interpreter. */
void bundle_put_before(void);

#endif
