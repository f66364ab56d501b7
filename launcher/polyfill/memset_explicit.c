/* memset_explicit(3), C23, glibc 2.43. */

#include "polyfill/polyfill.h"

void *
memset_explicit(void *memory, int value, size_t size)
{
    __builtin_memset(memory, value, size);
    __asm__ volatile("" : : "r"(memory) : "memory"); /* it is not known whether somebody looks at it */
    return memory;
}
