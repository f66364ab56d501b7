/* shm_unlink(3): part of librt before glibc 2.34, which then need not be loaded. */

#include "polyfill/shared_memory.h"

int
shm_unlink(const char *name)
{
    char path[SHARED_MEMORY_PATH];
    if (polyfill_shared_memory_path(name, path) < 0) {
        errno = errno == EINVAL ? ENOENT : errno;
        return -1;
    }
    int result = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (result < 0 && errno == EPERM) {
        errno = EACCES; /* POSIX knows no other error for it */
    }
    return result;
}
