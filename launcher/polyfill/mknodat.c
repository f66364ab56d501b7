/* mknodat(2), glibc 2.33: before, it was a macro for __xmknodat. The kernel takes 32 bits of a device's number. */

#include "polyfill/polyfill.h"

int
mknodat(int folder, const char *path, mode_t mode, dev_t device)
{
    if (device != (unsigned)device) {
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_mknodat, folder, path, mode, (unsigned)device);
}
