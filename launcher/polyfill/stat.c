/* stat(2), glibc 2.33: before, it was a macro for __xstat. The kernel's structure is the C library's. */

#include "polyfill/polyfill.h"

#include <fcntl.h>

struct stat;

int
stat(const char *path, struct stat *result)
{
    return (int)syscall(SYS_newfstatat, AT_FDCWD, path, result, 0);
}

POLYFILL_ALIAS(stat64, stat);
