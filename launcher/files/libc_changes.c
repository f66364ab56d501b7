/* The C library's calls that change files: those of the binary cannot be changed. */

#include "files/changes.h"
#include "files/interpose.h"

#include <unistd.h>

/* New entries: under the root they would land on the disk if / were writable. */
WRAP_CHANGE(int, mkdir, (const char *path, mode_t mode), (path, mode), vfs_refuse_new(path))
WRAP_CHANGE_AT(int, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode), vfs_refuse_new(path))
WRAP_CHANGE(int, mknod, (const char *path, mode_t mode, dev_t device), (path, mode, device), vfs_refuse_new(path))
WRAP_CHANGE_AT(int, mknodat, (int folder, const char *path, mode_t mode, dev_t device), (folder, path, mode, device),
               vfs_refuse_new(path))
WRAP_CHANGE(int, mkfifo, (const char *path, mode_t mode), (path, mode), vfs_refuse_new(path))
WRAP_CHANGE_AT(int, mkfifoat, (int folder, const char *path, mode_t mode), (folder, path, mode), vfs_refuse_new(path))

/* A link of the system's to a file of ours leads to a copy, for the system could not follow it. */
int
__wrap_symlinkat(const char *target, int folder, const char *path)
{
    char room[PATH_MAX];
    const char *inner = vfs_path_at(folder, path, room);
    if (inner) {
        return vfs_refuse_new(inner);
    }
    if (is_changed(path)) {
        return 0;
    }
    bool is_copied = bundle_is_ours(target) && bundle_copy_outside(target, false, room) == 0;
    return __real_symlinkat(is_copied ? room : target, folder, path);
}

int
__wrap_symlink(const char *target, const char *path)
{
    return __wrap_symlinkat(target, AT_FDCWD, path);
}

int
__wrap_linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    char rooms[2][PATH_MAX];
    const char *inner_from = vfs_path_at(from_folder, from, rooms[0]);
    const char *inner_to = vfs_path_at(to_folder, to, rooms[1]);
    if (!inner_from && !inner_to && is_changed(from)) {
        return 0;
    }
    return inner_from || inner_to ? vfs_refuse_link(inner_from, inner_to)
                                  : __real_linkat(from_folder, from, to_folder, to, flags);
}

int
__wrap_link(const char *from, const char *to)
{
    return bundle_is_ours(from) || bundle_is_ours(to) ? __wrap_linkat(AT_FDCWD, from, AT_FDCWD, to, 0)
           : is_changed(from)                         ? 0
                                                      : __real_link(from, to);
}

int
__wrap_renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    char rooms[2][PATH_MAX];
    const char *inner_from = vfs_path_at(from_folder, from, rooms[0]);
    const char *inner_to = vfs_path_at(to_folder, to, rooms[1]);
    if (!inner_from && !inner_to && is_changed(from)) {
        return 0;
    }
    return inner_from || inner_to ? vfs_refuse_rename(inner_from, inner_to)
                                  : __real_renameat(from_folder, from, to_folder, to);
}

int
__wrap_rename(const char *from, const char *to)
{
    return bundle_is_ours(from) || bundle_is_ours(to) ? __wrap_renameat(AT_FDCWD, from, AT_FDCWD, to)
           : is_changed(from)                         ? 0
                                                      : __real_rename(from, to);
}

WRAP_CHANGE(int, remove, (const char *path), (path), vfs_refuse_entry(path))
WRAP_CHANGE(int, unlink, (const char *path), (path), vfs_refuse_entry(path))
WRAP_CHANGE_AT(int, unlinkat, (int folder, const char *path, int flags), (folder, path, flags), vfs_refuse_entry(path))
WRAP_CHANGE(int, rmdir, (const char *path), (path), vfs_refuse_entry(path))

WRAP_CHANGE(int, truncate, (const char *path, off_t size), (path, size), vfs_refuse_truncation(path))
WRAP_CHANGE(int, truncate64, (const char *path, off_t size), (path, size), vfs_refuse_truncation(path))

WRAP_CHANGE(int, chmod, (const char *path, mode_t mode), (path, mode), vfs_refuse_change(path))
WRAP_CHANGE_AT(int, fchmodat, (int folder, const char *path, mode_t mode, int flags), (folder, path, mode, flags),
               vfs_refuse_change(path))
WRAP_CHANGE(int, chown, (const char *path, uid_t owner, gid_t group), (path, owner, group), vfs_refuse_change(path))
WRAP_CHANGE(int, lchown, (const char *path, uid_t owner, gid_t group), (path, owner, group), vfs_refuse_change(path))
WRAP_CHANGE_AT(int, fchownat, (int folder, const char *path, uid_t owner, gid_t group, int flags),
               (folder, path, owner, group, flags), vfs_refuse_change(path))
WRAP_CHANGE(int, utime, (const char *path, const struct utimbuf *times), (path, times), vfs_refuse_change(path))
WRAP_CHANGE(int, utimes, (const char *path, const struct timeval *times), (path, times), vfs_refuse_change(path))
WRAP_CHANGE(int, lutimes, (const char *path, const struct timeval *times), (path, times), vfs_refuse_change(path))
WRAP_CHANGE_AT(int, utimensat, (int folder, const char *path, const struct timespec *times, int flags),
               (folder, path, times, flags), vfs_refuse_change(path))
WRAP_CHANGE(int, setxattr, (const char *path, const char *name, const void *value, size_t size, int flags),
            (path, name, value, size, flags), vfs_refuse_change(path))
WRAP_CHANGE(int, lsetxattr, (const char *path, const char *name, const void *value, size_t size, int flags),
            (path, name, value, size, flags), vfs_refuse_change(path))
WRAP_CHANGE(int, removexattr, (const char *path, const char *name), (path, name), vfs_refuse_change(path))
WRAP_CHANGE(int, lremovexattr, (const char *path, const char *name), (path, name), vfs_refuse_change(path))

/* What a descriptor stands for cannot be changed either. */
static int
read_only(void)
{
    errno = EROFS;
    return -1;
}

WRAP(int, fchmod, (int fd, mode_t mode), (fd, mode), vfs_described_by(fd), read_only())
WRAP(int, fchown, (int fd, uid_t owner, gid_t group), (fd, owner, group), vfs_described_by(fd), read_only())
WRAP(int, futimens, (int fd, const struct timespec *times), (fd, times), vfs_described_by(fd), read_only())
