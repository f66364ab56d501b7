/* This executable's own file: under which path it runs, and whether another path leads to it. */

#include "launcher.h"

#include <limits.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

static char own_path[PATH_MAX];

/* Without /proc (a bare chroot) the kernel's own note of the path is what there is. */
static const char *
name_of_file(void)
{
    const char *noted = (const char *)getauxval(AT_EXECFN);
    return access("/proc/self/exe", F_OK) < 0 && noted ? noted : "/proc/self/exe";
}

const char *
bundle_own_path(const char *otherwise)
{
    if (!own_path[0]) {
        ssize_t length = readlink("/proc/self/exe", own_path, sizeof own_path - 1);
        if (length <= 0) {
            return otherwise;
        }
        own_path[length] = '\0';
    }
    return own_path;
}

static bool
is_own(const struct stat *other)
{
    struct stat own;
    return stat(name_of_file(), &own) == 0 && own.st_dev == other->st_dev && own.st_ino == other->st_ino;
}

bool
bundle_is_own_file(const char *path)
{
    struct stat facts;
    if (own_path[0] && strcmp(path, own_path) == 0) {
        return true; /* also when the file was replaced meanwhile */
    }
    return stat(path, &facts) == 0 && is_own(&facts);
}

bool
bundle_is_own_descriptor(int fd)
{
    struct stat facts;
    return fstat(fd, &facts) == 0 && is_own(&facts);
}
