/* tgkill(2), glibc 2.30. */

#include "polyfill/polyfill.h"

int
tgkill(pid_t process, pid_t thread, int signal)
{
    return (int)syscall(SYS_tgkill, process, thread, signal);
}
