/* System calls of a recorded program where the kernel has no filter for them: the instructions that make them are replaced. */

#ifndef REPLACED_CALLS_H
#define REPLACED_CALLS_H

#include <stdbool.h>
#include <stddef.h>

/* What is done with calls. `inner`: numbers of those that are made where they stand, whatever happens. */
struct bundle_stopped_calls {
    const unsigned short *inner;
    size_t inner_count;
    const void *behind_own;      /* what follows the one instruction that stays */
    bool (*passes)(long number); /* is this one made there, too? */
    long (*answer)(long number, const long *arguments, const void *caller); /* the answer to another */
};

/* Replace the instructions in all code of files that is there. False: on this processor they cannot be told from other bytes, or there
   is no room. */
bool bundle_replace_calls(const struct bundle_stopped_calls *calls);

/* Were calls replaced, and is there code of a file in which they were not? */
bool bundle_has_other_code(void);

#endif
