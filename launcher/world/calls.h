/* System calls of a recorded program. */

#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>

/* Those that only concern the process itself. A jump of a filter passes over at most 255 statements: all of these and a few more. */
enum { MOST_INNER_CALLS = 250 };
extern const unsigned short bundle_inner_calls[];
extern const size_t bundle_inner_call_count;

/* Those that are the same for a descriptor that the process has opened: their first argument. The standard streams belong to whoever
   has started it. */
extern const unsigned short bundle_descriptor_calls[];
extern const size_t bundle_descriptor_call_count;

/* The address behind the one instruction by which the launcher makes calls that are to pass. */
const void *bundle_behind_call(void);

/* Is a call with this number made as it is, wherever it stands? */
bool bundle_passes(long number);

/* Does a request to ioctl set a flag of a descriptor, whatever it is? */
static inline bool
bundle_sets_flag(unsigned long request)
{
    return request == FIOCLEX || request == FIONCLEX || request == FIONBIO || request == FIOASYNC;
}

/* The answer to a call, as the kernel gives it: an errno below zero. `caller`: the code that makes it. */
long bundle_answer_call(long number, const long *a, const void *caller);

#endif
