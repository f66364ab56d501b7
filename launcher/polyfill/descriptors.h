/* The descriptors that are open. No memory is allocated, for a process that was forked off asks too. */

#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include "polyfill/polyfill.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/resource.h>

struct polyfill_entry { /* struct linux_dirent64, getdents(2) */
    uint64_t inode;
    int64_t offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

/* Call a function for each descriptor from `first` on, until it returns another number than 0, which is the result. What
   it does may open no descriptor. */
static inline int
polyfill_each_descriptor(int first, int (*function)(int fd, void *context), void *context)
{
    long folder = syscall(SYS_openat, AT_FDCWD, "/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) { /* no /proc: ask for each that may be */
        struct rlimit limit = {1024, 1024};
        syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, &limit);
        int result = 0;
        for (uint64_t fd = (uint64_t)first; !result && fd < limit.rlim_cur && fd <= INT32_MAX; fd++) {
            result = syscall(SYS_fcntl, fd, F_GETFD) >= 0 ? function((int)fd, context) : 0;
        }
        return result;
    }
    int result = 0;
    char entries[1024] __attribute__((aligned(8)));
    for (bool again = true; again && !result;) {
        again = false;
        /* From the start after descriptors were closed: the kernel promises nothing about a folder that changes. */
        syscall(SYS_lseek, folder, 0, SEEK_SET);
        long size;
        while (!result && (size = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0) {
            for (long at = 0; at < size && !result;) {
                const struct polyfill_entry *entry = (const void *)(entries + at);
                at += entry->size;
                long fd = 0;
                const char *digit = entry->name;
                for (; *digit >= '0' && *digit <= '9'; digit++) {
                    fd = 10 * fd + *digit - '0';
                }
                if (digit > entry->name && fd >= first && fd != folder) {
                    result = function((int)fd, context);
                    again = again || syscall(SYS_fcntl, fd, F_GETFD) < 0;
                }
            }
        }
    }
    syscall(SYS_close, folder);
    return result;
}

#endif
