/* pidfd_send_signal(2), glibc 2.36. */

#include "polyfill/polyfill.h"

int
pidfd_send_signal(int process, int signal, void *facts, unsigned flags)
{
    return (int)syscall(SYS_pidfd_send_signal, process, signal, facts, flags);
}
