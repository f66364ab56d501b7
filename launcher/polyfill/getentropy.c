/* getentropy(3), glibc 2.25. */

#include "polyfill/random.h"

#define MOST 256

int
getentropy(void *buffer, size_t size)
{
    if (size > MOST) {
        errno = EIO;
        return -1;
    }
    return polyfill_random(buffer, size);
}
