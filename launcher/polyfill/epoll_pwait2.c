/* epoll_pwait2(2), glibc 2.35. */

#include "polyfill/polyfill.h"

#define SIGNAL_SET_SIZE 8 /* of the kernel's sigset_t */

int
epoll_pwait2(int epoll, void *events, int most, const void *timeout, const void *mask)
{
    return (int)syscall(SYS_epoll_pwait2, epoll, events, most, timeout, mask, SIGNAL_SET_SIZE);
}
