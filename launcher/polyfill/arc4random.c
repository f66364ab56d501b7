/* arc4random(3), glibc 2.36. */

#include "polyfill/random.h"

void abort(void) __attribute__((noreturn));

uint32_t
arc4random(void)
{
    uint32_t number;
    if (polyfill_random(&number, sizeof number) < 0) {
        abort(); /* as in the C library: there is no way to tell */
    }
    return number;
}
