/* lstat(2), glibc 2.33: before, it was a macro for __lxstat. The kernel's structure is the C library's. */

#include "polyfill/polyfill.h"

#include <fcntl.h>

struct stat;

int
lstat(const char *path, struct stat *result)
{
    return (int)syscall(SYS_newfstatat, AT_FDCWD, path, result, AT_SYMLINK_NOFOLLOW);
}

POLYFILL_ALIAS(lstat64, lstat);
