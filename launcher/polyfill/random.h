/* Random bytes, of the system call or of the device where that is missing (Linux before 3.17). */

#ifndef RANDOM_H
#define RANDOM_H

#include "polyfill/polyfill.h"

#include <fcntl.h>

/* 0, or -1 with errno. */
static inline int
polyfill_random(void *buffer, size_t size)
{
    unsigned char *next = buffer, *end = next + size;
    long device = -1;
    while (next < end) {
        long count =
            device < 0 ? syscall(SYS_getrandom, next, end - next, 0) : syscall(SYS_read, device, next, end - next);
        if (count > 0) {
            next += count;
        }
        else if (device < 0 && count < 0 && errno == ENOSYS) {
            device = syscall(SYS_openat, AT_FDCWD, "/dev/urandom", O_RDONLY | O_CLOEXEC);
            if (device < 0) {
                return -1;
            }
        }
        else if (count == 0 || errno != EINTR) {
            break;
        }
    }
    if (device >= 0) {
        int error = errno;
        syscall(SYS_close, device);
        errno = error;
    }
    return next < end ? -1 : 0;
}

#endif
