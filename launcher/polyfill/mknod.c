/* mknod(2), glibc 2.33: before, it was a macro for __xmknod. The kernel takes 32 bits of a device's number. */

#include "polyfill/polyfill.h"

#include <fcntl.h>

int
mknod(const char *path, mode_t mode, dev_t device)
{
    if (device != (unsigned)device) {
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_mknodat, AT_FDCWD, path, mode, (unsigned)device);
}
