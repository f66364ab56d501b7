/* close_range(2), glibc 2.34. */

#include "polyfill/polyfill.h"

int
close_range(unsigned first, unsigned last, int flags)
{
    return (int)syscall(SYS_close_range, first, last, flags);
}
