/* memset_explicit as _FORTIFY_SOURCE calls it, glibc 2.43. */

#include "polyfill/polyfill.h"

void __chk_fail(void) __attribute__((noreturn));
void *memset_explicit(void *memory, int value, size_t size);

void *
__memset_explicit_chk(void *memory, int value, size_t size, size_t room)
{
    if (room < size) {
        __chk_fail();
    }
    return memset_explicit(memory, value, size);
}
