/* explicit_bzero(3), glibc 2.25. */

#include "polyfill/polyfill.h"

void
explicit_bzero(void *memory, size_t size)
{
    __builtin_memset(memory, 0, size);
    __asm__ volatile("" : : "r"(memory) : "memory"); /* it is not known whether somebody looks at it */
}
