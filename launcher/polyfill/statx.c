/* statx(2), glibc 2.28; the system call, Linux 4.11. On older kernels the C library takes what stat(2) tells
   (io/statx_generic.c). */

#include "statx.h" /* declares the function as it is */
#include "polyfill/polyfill.h"

#include <fcntl.h>

int
statx(int folder, const char *path, int flags, unsigned mask, struct statx *result)
{
    long status = syscall(SYS_statx, folder, path, flags, mask, result);
    if (status == 0 || errno != ENOSYS) {
        return (int)status;
    }
    if (flags & ~(AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_SYMLINK_NOFOLLOW)) {
        errno = EINVAL;
        return -1;
    }
    struct stat facts; /* the kernel's structure is the C library's */
    status = syscall(SYS_newfstatat, folder, path, &facts, flags);
    if (status == 0) {
        *result = bundle_statx_of(&facts);
    }
    return (int)status;
}
