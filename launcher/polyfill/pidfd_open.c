/* pidfd_open(2), glibc 2.36. */

#include "polyfill/polyfill.h"

int
pidfd_open(pid_t process, unsigned flags)
{
    return (int)syscall(SYS_pidfd_open, process, flags);
}
