/* closefrom(3), glibc 2.34. */

#include "polyfill/descriptors.h"

static int
close_one(int fd, void *unused)
{
    (void)unused;
    syscall(SYS_close, fd);
    return 0;
}

void
closefrom(int first)
{
    first = first < 0 ? 0 : first;
    if (syscall(SYS_close_range, (unsigned)first, ~0u, 0) < 0) {
        polyfill_each_descriptor(first, close_one, NULL);
    }
}
