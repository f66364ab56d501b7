/* File calls of libpython and of images.

   The linker sends those calls to the __wrap_ functions here (--wrap; images are bound to them directly). A path under
   the root is served from the tables; every other path goes on to the C library untouched. */

#include "files/files.h"
#include "files/vfs.h"
#include "interposed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* WRAP(type, name, parameters, arguments, condition, ours): `ours` where `condition` holds, else the C library's. */
#define WRAP(type, name, parameters, arguments, condition, ours) \
    type __wrap_##name parameters \
    { \
        return (condition) ? (ours) : __real_##name arguments; \
    }

/* The same for calls with which C libraries look for files of the system's: those that it lacks, the binary may have. */
#define WRAP_LOOKING(type, name, parameters, arguments, failure, ours) \
    type __wrap_##name parameters \
    { \
        if (bundle_is_ours(path)) { \
            return ours; \
        } \
        type result = __real_##name arguments; \
        const char *other = result == failure && errno == ENOENT ? vfs_spare(path) : NULL; \
        if (!other) { \
            return result; \
        } \
        path = other; \
        return ours; \
    }

/* The mode of open is only there when a file may be created. */
#define WRAP_OPEN(name, parameters, arguments, path, flags) \
    int __wrap_##name parameters \
    { \
        if (bundle_is_ours(path)) { \
            return vfs_open(path, flags); \
        } \
        mode_t mode = 0; \
        if (flags & (O_CREAT | __O_TMPFILE)) { \
            va_list rest; \
            va_start(rest, flags); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
        int fd = __real_##name arguments; \
        const char *other = fd < 0 && errno == ENOENT && !(flags & O_CREAT) ? vfs_spare(path) : NULL; \
        return other ? vfs_open(other, flags) : fd; \
    }

WRAP_OPEN(open, (const char *path, int flags, ...), (path, flags, mode), path, flags)
WRAP_OPEN(open64, (const char *path, int flags, ...), (path, flags, mode), path, flags)
WRAP_OPEN(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), path, flags)
WRAP_OPEN(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), path, flags)

/* The fortified forms of open without a mode. */
WRAP(int, __open_2, (const char *path, int flags), (path, flags), bundle_is_ours(path), vfs_open(path, flags))
WRAP(int, __open64_2, (const char *path, int flags), (path, flags), bundle_is_ours(path), vfs_open(path, flags))
WRAP(int, __openat_2, (int folder, const char *path, int flags), (folder, path, flags), bundle_is_ours(path),
     vfs_open(path, flags))
WRAP(int, __openat64_2, (int folder, const char *path, int flags), (folder, path, flags), bundle_is_ours(path),
     vfs_open(path, flags))

WRAP_LOOKING(FILE *, fopen, (const char *path, const char *mode), (path, mode), NULL, vfs_fopen(path, mode))
WRAP_LOOKING(FILE *, fopen64, (const char *path, const char *mode), (path, mode), NULL, vfs_fopen(path, mode))

WRAP_LOOKING(int, stat, (const char *path, struct stat *out), (path, out), -1, vfs_stat(path, out))
WRAP_LOOKING(int, stat64, (const char *path, struct stat *out), (path, out), -1, vfs_stat(path, out))
WRAP(int, lstat, (const char *path, struct stat *out), (path, out), bundle_is_ours(path), vfs_stat(path, out))
WRAP(int, lstat64, (const char *path, struct stat *out), (path, out), bundle_is_ours(path), vfs_stat(path, out))
WRAP(int, fstatat, (int folder, const char *path, struct stat *out, int flags), (folder, path, out, flags),
     bundle_is_ours(path), vfs_stat(path, out))
WRAP(int, fstatat64, (int folder, const char *path, struct stat *out, int flags), (folder, path, out, flags),
     bundle_is_ours(path), vfs_stat(path, out))

/* The names under which programs compiled against glibc before 2.33 call stat. On x86-64 the structs are the same. */
#define OLD_STAT(name, parameters, call) \
    int __wrap_##name parameters \
    { \
        (void)version; \
        return call; \
    }

OLD_STAT(__xstat, (int version, const char *path, struct stat *out), stat(path, out))
OLD_STAT(__xstat64, (int version, const char *path, struct stat *out), stat(path, out))
OLD_STAT(__lxstat, (int version, const char *path, struct stat *out), lstat(path, out))
OLD_STAT(__lxstat64, (int version, const char *path, struct stat *out), lstat(path, out))
OLD_STAT(__fxstatat, (int version, int folder, const char *path, struct stat *out, int flags),
         fstatat(folder, path, out, flags))
OLD_STAT(__fxstatat64, (int version, int folder, const char *path, struct stat *out, int flags),
         fstatat(folder, path, out, flags))

WRAP_LOOKING(int, access, (const char *path, int mode), (path, mode), -1, vfs_access(path, mode))
WRAP(int, faccessat, (int folder, const char *path, int mode, int flags), (folder, path, mode, flags), bundle_is_ours(path),
     vfs_access(path, mode))
WRAP(int, eaccess, (const char *path, int mode), (path, mode), bundle_is_ours(path), vfs_access(path, mode))
WRAP(int, euidaccess, (const char *path, int mode), (path, mode), bundle_is_ours(path), vfs_access(path, mode))

WRAP(ssize_t, readlink, (const char *path, char *out, size_t size), (path, out, size), bundle_is_ours(path),
     vfs_readlink(path))
WRAP(ssize_t, readlinkat, (int folder, const char *path, char *out, size_t size), (folder, path, out, size),
     bundle_is_ours(path), vfs_readlink(path))

/* Fresh folders under the root would land on the disk if / were writable. */
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), bundle_is_ours(path), vfs_mkdir(path))
WRAP(int, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode), bundle_is_ours(path), vfs_mkdir(path))

/* The current folder belongs to the system: a folder of ours becomes one of its own. */
static int
chdir_bundled(const char *path)
{
    char copy[PATH_MAX];
    const struct bundle_file *file = bundle_find_file(path);
    if (file && !file->is_folder) {
        errno = ENOTDIR;
        return -1;
    }
    return file && bundle_copy_outside(path, copy) == 0 ? __real_chdir(copy) : -1;
}

int
__wrap_chdir(const char *path)
{
    return bundle_is_ours(path) ? chdir_bundled(path) : __real_chdir(path);
}

/* Files in the binary have no extended attributes. */
static ssize_t
not_supported(void)
{
    errno = ENOTSUP;
    return -1;
}

WRAP(ssize_t, listxattr, (const char *path, char *list, size_t size), (path, list, size), bundle_is_ours(path),
     not_supported())
WRAP(ssize_t, llistxattr, (const char *path, char *list, size_t size), (path, list, size), bundle_is_ours(path),
     not_supported())
WRAP(ssize_t, getxattr, (const char *path, const char *name, void *value, size_t size), (path, name, value, size),
     bundle_is_ours(path), not_supported())
WRAP(ssize_t, lgetxattr, (const char *path, const char *name, void *value, size_t size), (path, name, value, size),
     bundle_is_ours(path), not_supported())

WRAP(char *, realpath, (const char *path, char *resolved), (path, resolved), bundle_is_ours(path),
     vfs_realpath(path, resolved))
WRAP(char *, __realpath_chk, (const char *path, char *resolved, size_t size), (path, resolved, size), bundle_is_ours(path),
     vfs_realpath(path, resolved))

WRAP(DIR *, opendir, (const char *path), (path), bundle_is_ours(path), vfs_opendir(path))
WRAP(struct dirent *, readdir, (DIR *stream), (stream), vfs_folder(stream), vfs_readdir(vfs_folder(stream)))
WRAP(struct dirent *, readdir64, (DIR *stream), (stream), vfs_folder(stream), vfs_readdir(vfs_folder(stream)))
WRAP(int, closedir, (DIR *stream), (stream), vfs_folder(stream), vfs_closedir(vfs_folder(stream)))


void
__wrap_rewinddir(DIR *stream)
{
    struct vfs_folder *folder = vfs_folder(stream);
    if (folder) {
        vfs_rewinddir(folder);
    }
    else {
        __real_rewinddir(stream);
    }
}
