/* The garbage collector, held back while the interpreter starts and while modules run.

   Both make objects that stay, so collections in their course cost and find nothing. When the outermost module is done,
   what was made counts as old. A program that sets thresholds of its own meanwhile keeps them. */

#include "interpreter/interpreter.h"

#include "lifetime.h"

enum { HELD_BACK = 0x7fffffff };
PER_PROGRAM static int holders;
PER_PROGRAM static int usual_threshold;

void
bundle_hold_collector(void)
{
    if (holders++ == 0) {
        usual_threshold = *compat_gc_threshold();
        *compat_gc_threshold() = HELD_BACK;
    }
}

void
bundle_release_collector(void)
{
    if (--holders == 0 && *compat_gc_threshold() == HELD_BACK) {
        *compat_gc_threshold() = usual_threshold;
        compat_gc_age();
    }
}
