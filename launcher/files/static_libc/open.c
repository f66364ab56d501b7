/* Files for which the C library itself looks, when it is part of the executable: those that the system lacks, the binary
   may have. So it finds the locale C.UTF-8, which is no more than files to it, on systems that have none. */

#include "files/paths.h"
#include "files/vfs.h"
#include "interposed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>

int
__wrap___open_nocancel(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & (O_CREAT | __O_TMPFILE)) {
        va_list rest;
        va_start(rest, flags);
        mode = va_arg(rest, mode_t);
        va_end(rest);
    }
    int fd = __real___open_nocancel(path, flags, mode);
    /* A folder is opened to be listed: those of the binary mean nothing to the C library. */
    const char *other = fd < 0 && errno == ENOENT && !(flags & (O_CREAT | O_DIRECTORY)) ? vfs_spare(path) : NULL;
    return other ? vfs_open(other, flags) : fd;
}
