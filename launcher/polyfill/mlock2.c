/* mlock2(2), glibc 2.27. */

#include "polyfill/polyfill.h"

int
mlock2(const void *address, size_t size, unsigned flags)
{
    return (int)(flags ? syscall(SYS_mlock2, address, size, flags) : syscall(SYS_mlock, address, size));
}
