/* pidfd_getfd(2), glibc 2.36. */

#include "polyfill/polyfill.h"

int
pidfd_getfd(int process, int fd, unsigned flags)
{
    return (int)syscall(SYS_pidfd_getfd, process, fd, flags);
}
