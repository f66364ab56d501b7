/* Where shared memory objects lie (shm_overview(7)). */

#ifndef SHARED_MEMORY_H
#define SHARED_MEMORY_H

#include "polyfill/polyfill.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

#define SHARED_MEMORY_FOLDER "/dev/shm/"
#define SHARED_MEMORY_PATH (sizeof SHARED_MEMORY_FOLDER + NAME_MAX)

/* 0, or -1 with errno. */
static inline int
polyfill_shared_memory_path(const char *name, char *path)
{
    while (*name == '/') {
        name++;
    }
    size_t length = strlen(name);
    if (!length || length > NAME_MAX || strchr(name, '/')) {
        errno = length > NAME_MAX ? ENAMETOOLONG : EINVAL;
        return -1;
    }
    memcpy(path, SHARED_MEMORY_FOLDER, sizeof SHARED_MEMORY_FOLDER - 1);
    memcpy(path + sizeof SHARED_MEMORY_FOLDER - 1, name, length + 1);
    return 0;
}

#endif
