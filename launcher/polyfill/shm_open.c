/* shm_open(3): part of librt before glibc 2.34, which then need not be loaded. */

#include "polyfill/shared_memory.h"

int
shm_open(const char *name, int flags, mode_t mode)
{
    char path[SHARED_MEMORY_PATH];
    if (polyfill_shared_memory_path(name, path) < 0) {
        return -1;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_NOFOLLOW | O_CLOEXEC, mode);
}
