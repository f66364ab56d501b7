/* memfd_create(2), glibc 2.27. */

#include "polyfill/polyfill.h"

int
memfd_create(const char *name, unsigned flags)
{
    return (int)syscall(SYS_memfd_create, name, flags);
}
