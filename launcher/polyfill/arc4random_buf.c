/* arc4random_buf(3), glibc 2.36. */

#include "polyfill/random.h"

void abort(void) __attribute__((noreturn));

void
arc4random_buf(void *buffer, size_t size)
{
    if (polyfill_random(buffer, size) < 0) {
        abort(); /* as in the C library: there is no way to tell */
    }
}
