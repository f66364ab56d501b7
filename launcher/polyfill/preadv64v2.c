/* preadv2(2), glibc 2.26. */

#include "polyfill/polyfill.h"

struct iovec;

ssize_t
preadv64v2(int fd, const struct iovec *parts, int count, off64_t offset, int flags)
{
    ssize_t result = syscall(SYS_preadv2, fd, parts, count, offset, 0, flags);
    if (result >= 0 || errno != ENOSYS) {
        return result;
    }
    if (flags) {
        errno = ENOTSUP;
        return -1;
    }
    return offset == -1 ? syscall(SYS_readv, fd, parts, count) : syscall(SYS_preadv, fd, parts, count, offset, 0);
}

POLYFILL_ALIAS(preadv2, preadv64v2);
