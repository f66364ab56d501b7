/* execveat(2), glibc 2.34. */

#include "polyfill/polyfill.h"

int
execveat(int folder, const char *path, char *const *argv, char *const *environment, int flags)
{
    return (int)syscall(SYS_execveat, folder, path, argv, environment, flags);
}
