/* renameat2(2), glibc 2.28; the system call, Linux 3.15. Older kernels know no flags, and an unknown flag is EINVAL. */

#include "polyfill/polyfill.h"

int
renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags)
{
    if (!flags) {
        return (int)syscall(SYS_renameat, from_folder, from, to_folder, to);
    }
    long status = syscall(SYS_renameat2, from_folder, from, to_folder, to, flags);
    if (status < 0 && errno == ENOSYS) {
        errno = EINVAL;
    }
    return (int)status;
}
