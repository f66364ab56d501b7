/* explicit_bzero as _FORTIFY_SOURCE calls it, glibc 2.25. */

#include "polyfill/polyfill.h"

void __chk_fail(void) __attribute__((noreturn));

void
__explicit_bzero_chk(void *memory, size_t size, size_t room)
{
    if (room < size) {
        __chk_fail();
    }
    __builtin_memset(memory, 0, size);
    __asm__ volatile("" : : "r"(memory) : "memory"); /* it is not known whether somebody looks at it */
}
