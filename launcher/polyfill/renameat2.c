/* renameat2(2), glibc 2.28. */

#include "polyfill/polyfill.h"

int
renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    return (int)syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
}
