/* fcntl(2) as programs with 64-bit offsets call it, glibc 2.28. On 64-bit machines the two are one. */

#include "polyfill/polyfill.h"

#include <stdarg.h>

int fcntl(int fd, int command, ...);

int
fcntl64(int fd, int command, ...)
{
    va_list rest;
    va_start(rest, command);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    return fcntl(fd, command, argument);
}
