/* arc4random_uniform(3), glibc 2.36. */

#include "polyfill/random.h"

void abort(void) __attribute__((noreturn));

uint32_t
arc4random_uniform(uint32_t bound)
{
    if (bound < 2) {
        return 0;
    }
    uint32_t rest = -bound % bound; /* numbers below it would make the small remainders too frequent */
    for (;;) {
        uint32_t number;
        if (polyfill_random(&number, sizeof number) < 0) {
            abort(); /* as in the C library: there is no way to tell */
        }
        if (number >= rest) {
            return number % bound;
        }
    }
}
