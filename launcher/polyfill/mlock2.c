/* mlock2(2), glibc 2.27; the system call, Linux 4.4. Older kernels know no flags, and an unknown flag is EINVAL. */

#include "polyfill/polyfill.h"

int
mlock2(const void *address, size_t size, unsigned flags)
{
    if (!flags) {
        return (int)syscall(SYS_mlock, address, size);
    }
    long status = syscall(SYS_mlock2, address, size, flags);
    if (status < 0 && errno == ENOSYS) {
        errno = EINVAL;
    }
    return (int)status;
}
