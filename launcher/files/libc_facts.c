/* The C library's calls that ask for facts of files. */

#include "files/interpose.h"
#include "statx.h"

WRAP_LOOKING(int, stat, (const char *path, struct stat *out), (path, out), -1, vfs_stat(path, out))
WRAP_LOOKING(int, stat64, (const char *path, struct stat *out), (path, out), -1, vfs_stat(path, out))
WRAP_PATH(int, lstat, (const char *path, struct stat *out), (path, out), vfs_stat(path, out))
WRAP_PATH(int, lstat64, (const char *path, struct stat *out), (path, out), vfs_stat(path, out))

#define WRAP_FSTAT(name) \
    int __wrap_##name(int fd, struct stat *out) \
    { \
        note_stream(fd); \
        bundle_begin_passing(); \
        int status = __real_##name(fd, out); \
        bundle_end_passing(); \
        if (status == 0 && out->st_nlink == 0) { \
            vfs_describe(out); \
        } \
        return status; \
    }

WRAP_FSTAT(fstat)
WRAP_FSTAT(fstat64)

/* An empty path may stand for the descriptor itself. */
#define WRAP_FSTATAT(name) \
    int __wrap_##name(int folder, const char *path, struct stat *out, int flags) \
    { \
        if (flags & AT_EMPTY_PATH && path && !*path && folder != AT_FDCWD) { \
            return fstat(folder, out); \
        } \
        char room[PATH_MAX]; \
        const char *inner = vfs_path_at(folder, path, room); \
        if (!inner && is_outside(path)) { \
            return -1; \
        } \
        return inner ? vfs_stat(inner, out) : __real_##name(folder, path, out, flags); \
    }

WRAP_FSTATAT(fstatat)
WRAP_FSTATAT(fstatat64)

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
OLD_STAT(__fxstat, (int version, int fd, struct stat *out), fstat(fd, out))
OLD_STAT(__fxstat64, (int version, int fd, struct stat *out), fstat(fd, out))
OLD_STAT(__fxstatat, (int version, int folder, const char *path, struct stat *out, int flags),
         fstatat(folder, path, out, flags))
OLD_STAT(__fxstatat64, (int version, int folder, const char *path, struct stat *out, int flags),
         fstatat(folder, path, out, flags))

/* Rust's standard library asks in this way. */
int
__wrap_statx(int folder, const char *path, int flags, unsigned mask, struct statx *out)
{
    struct stat facts;
    bool is_descriptor = flags & AT_EMPTY_PATH && path && !*path && folder != AT_FDCWD;
    char room[PATH_MAX];
    const char *inner = is_descriptor ? NULL : vfs_path_at(folder, path, room);
    if (!inner && !is_descriptor && is_outside(path)) {
        return -1;
    }
    if (!inner && !(is_descriptor && vfs_described_by(folder))) {
        if (is_descriptor) {
            note_stream(folder);
        }
        bundle_begin_passing();
        int status = __real_statx(folder, path, flags, mask, out);
        bundle_end_passing();
        return status;
    }
    if ((inner ? vfs_stat(inner, &facts) : fstat(folder, &facts)) < 0) {
        return -1;
    }
    *out = bundle_statx_of(&facts);
    return 0;
}

WRAP_PATH(int, statvfs, (const char *path, struct statvfs *out), (path, out), vfs_statvfs(path, out))
WRAP_PATH(int, statvfs64, (const char *path, struct statvfs *out), (path, out), vfs_statvfs(path, out))

WRAP_LOOKING(int, access, (const char *path, int mode), (path, mode), -1, vfs_access(path, mode))
WRAP_AT(int, faccessat, (int folder, const char *path, int mode, int flags), (folder, path, mode, flags),
        vfs_access(path, mode))
WRAP_PATH(int, eaccess, (const char *path, int mode), (path, mode), vfs_access(path, mode))
WRAP_PATH(int, euidaccess, (const char *path, int mode), (path, mode), vfs_access(path, mode))

WRAP_PATH(ssize_t, readlink, (const char *path, char *out, size_t size), (path, out, size), vfs_readlink(path))
WRAP_AT(ssize_t, readlinkat, (int folder, const char *path, char *out, size_t size), (folder, path, out, size),
        vfs_readlink(path))
WRAP_PATH(char *, realpath, (const char *path, char *resolved), (path, resolved), vfs_realpath(path, resolved))
WRAP_PATH(char *, __realpath_chk, (const char *path, char *resolved, size_t size), (path, resolved, size),
          vfs_realpath(path, resolved))

/* Files in the binary have no extended attributes. */
static ssize_t
not_supported(void)
{
    errno = ENOTSUP;
    return -1;
}

WRAP_PATH(ssize_t, listxattr, (const char *path, char *list, size_t size), (path, list, size), not_supported())
WRAP_PATH(ssize_t, llistxattr, (const char *path, char *list, size_t size), (path, list, size), not_supported())
WRAP_PATH(ssize_t, getxattr, (const char *path, const char *name, void *value, size_t size), (path, name, value, size),
          not_supported())
WRAP_PATH(ssize_t, lgetxattr, (const char *path, const char *name, void *value, size_t size), (path, name, value, size),
          not_supported())
