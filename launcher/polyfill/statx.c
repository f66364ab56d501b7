/* statx(2), glibc 2.28. */

#include "polyfill/polyfill.h"

int
statx(int folder, const char *path, int flags, unsigned mask, void *result)
{
    return (int)syscall(SYS_statx, folder, path, flags, mask, result);
}
