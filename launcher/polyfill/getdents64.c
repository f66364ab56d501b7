/* getdents64(2), glibc 2.30. */

#include "polyfill/polyfill.h"

ssize_t
getdents64(int folder, void *buffer, size_t size)
{
    return syscall(SYS_getdents64, folder, buffer, size < 0x7fffffff ? size : 0x7fffffff);
}
