/* getrandom(2), glibc 2.25. */

#include "polyfill/polyfill.h"

ssize_t
getrandom(void *buffer, size_t size, unsigned flags)
{
    return syscall(SYS_getrandom, buffer, size, flags);
}
