/* pwritev2(2), glibc 2.26. */

#include "polyfill/polyfill.h"

struct iovec;

ssize_t
pwritev64v2(int fd, const struct iovec *parts, int count, off64_t offset, int flags)
{
    ssize_t result = syscall(SYS_pwritev2, fd, parts, count, offset, 0, flags);
    if (result >= 0 || errno != ENOSYS) {
        return result;
    }
    if (flags) {
        errno = ENOTSUP;
        return -1;
    }
    return offset == -1 ? syscall(SYS_writev, fd, parts, count) : syscall(SYS_pwritev, fd, parts, count, offset, 0);
}

POLYFILL_ALIAS(pwritev2, pwritev64v2);
