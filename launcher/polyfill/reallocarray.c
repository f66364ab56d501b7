/* reallocarray(3), glibc 2.26. */

#include "polyfill/polyfill.h"

void *realloc(void *memory, size_t size);

void *
reallocarray(void *memory, size_t count, size_t size)
{
    size_t all;
    if (__builtin_mul_overflow(count, size, &all)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(memory, all);
}
