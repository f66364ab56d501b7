/* gettid(2), glibc 2.30. */

#include "polyfill/polyfill.h"

pid_t
gettid(void)
{
    return (pid_t)syscall(SYS_gettid);
}
