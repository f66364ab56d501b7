/* fstat(2), glibc 2.33: before, it was a macro for __fxstat. The kernel's structure is the C library's. */

#include "polyfill/polyfill.h"

struct stat;

int
fstat(int fd, struct stat *result)
{
    return (int)syscall(SYS_fstat, fd, result);
}

POLYFILL_ALIAS(fstat64, fstat);
