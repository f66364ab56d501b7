/* System calls of a recorded program. */

#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stddef.h>

/* Those that only concern the process itself. A jump of a filter passes over at most so many statements. */
enum { MOST_INNER_CALLS = 255 };
extern const unsigned short bundle_inner_calls[];
extern const size_t bundle_inner_call_count;

/* The address behind the one instruction by which the launcher makes calls that are to pass. */
const void *bundle_behind_call(void);

/* Is a call with this number made as it is, wherever it stands? */
bool bundle_passes(long number);

/* The answer to a call, as the kernel gives it: an errno below zero. `caller`: the code that makes it. */
long bundle_answer_call(long number, const long *a, const void *caller);

#endif
