/* fstatat(2), glibc 2.33: before, it was a macro for __fxstatat. The kernel's structure is the C library's. */

#include "polyfill/polyfill.h"

struct stat;

int
fstatat(int folder, const char *path, struct stat *result, int flags)
{
    return (int)syscall(SYS_newfstatat, folder, path, result, flags);
}

POLYFILL_ALIAS(fstatat64, fstatat);
