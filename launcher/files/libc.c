/* File calls of libpython and of objects.

   The linker sends those calls to the __wrap_ functions here (--wrap; objects are bound to them directly). A path under
   the root is served from the tables; every other path goes on to the C library untouched. */

#include "files/changes.h"
#include "files/files.h"
#include "files/folders.h"
#include "files/paths.h"
#include "files/unwritten.h"
#include "files/vfs.h"
#include "interposed.h"
#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* While a program is recorded for a snapshot, nothing exists outside of the root: no build machine is like another. The
   question is noted. */
static bool
is_outside(const char *path)
{
    if (!bundle_is_recording()) {
        return false;
    }
    bundle_note("path", path);
    errno = ENOENT;
    return true;
}

/* Changes are noted, and seem to be made: the module that makes one is in no snapshot. */
static bool
is_changed(const char *path)
{
    if (bundle_is_recording()) {
        bundle_note("path-change", path);
    }
    return bundle_is_recording();
}

/* What calls of this type give when they fail. */
#define FAILURE(type) _Generic((type)0, FILE *: NULL, DIR *: NULL, char *: NULL, default: -1)

/* WRAP(type, name, parameters, arguments, condition, ours): `ours` where `condition` holds, else the C library's. */
#define WRAP(type, name, parameters, arguments, condition, ours) \
    type __wrap_##name parameters \
    { \
        return (condition) ? (ours) : __real_##name arguments; \
    }

/* WRAP_PATH(type, name, parameters, arguments, ours): `ours` for a `path` of ours. */
#define WRAP_PATH(type, name, parameters, arguments, ours) \
    type __wrap_##name parameters \
    { \
        if (bundle_is_ours(path)) { \
            return ours; \
        } \
        return is_outside(path) ? FAILURE(type) : __real_##name arguments; \
    }

/* WRAP_AT(type, name, parameters, arguments, ours): the same for a `path` that may be relative to a `folder`. */
#define WRAP_AT(type, name, parameters, arguments, ours) \
    type __wrap_##name parameters \
    { \
        char room[PATH_MAX]; \
        const char *inner = vfs_path_at(folder, path, room); \
        if (!inner) { \
            return is_outside(path) ? FAILURE(type) : __real_##name arguments; \
        } \
        path = inner; \
        return ours; \
    }

/* The same for calls that change something; they give 0. */
#define WRAP_CHANGE(type, name, parameters, arguments, ours) \
    type __wrap_##name parameters \
    { \
        if (bundle_is_ours(path)) { \
            return ours; \
        } \
        return is_changed(path) ? 0 : __real_##name arguments; \
    }

#define WRAP_CHANGE_AT(type, name, parameters, arguments, ours) \
    type __wrap_##name parameters \
    { \
        char room[PATH_MAX]; \
        const char *inner = vfs_path_at(folder, path, room); \
        if (!inner) { \
            return is_changed(path) ? 0 : __real_##name arguments; \
        } \
        path = inner; \
        return ours; \
    }

/* The same for calls with which C libraries look for files of the system's: those that it lacks, the binary may have. */
#define WRAP_LOOKING(type, name, parameters, arguments, failure, ours) \
    type __wrap_##name parameters \
    { \
        if (bundle_is_ours(path)) { \
            return ours; \
        } \
        type result = is_outside(path) ? FAILURE(type) : __real_##name arguments; \
        const char *other = result == failure && errno == ENOENT ? vfs_spare(path) : NULL; \
        if (!other) { \
            return result; \
        } \
        path = other; \
        return ours; \
    }

/* The mode of open is only there when a file may be created. */
#define WRAP_OPEN(name, parameters, arguments, folder) \
    int __wrap_##name parameters \
    { \
        char room[PATH_MAX]; \
        const char *inner = vfs_path_at(folder, path, room); \
        if (inner) { \
            return vfs_open(inner, flags); \
        } \
        mode_t mode = 0; \
        if (flags & (O_CREAT | __O_TMPFILE)) { \
            va_list rest; \
            va_start(rest, flags); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
        if (flags & O_CREAT && is_changed(path)) { \
            return memfd_create("recorded", MFD_CLOEXEC); \
        } \
        int fd = is_outside(path) ? -1 : __real_##name arguments; \
        const char *other = fd < 0 && errno == ENOENT && !(flags & O_CREAT) ? vfs_spare(path) : NULL; \
        return other ? vfs_open(other, flags) : fd; \
    }

WRAP_OPEN(open, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
WRAP_OPEN(open64, (const char *path, int flags, ...), (path, flags, mode), AT_FDCWD)
WRAP_OPEN(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), folder)
WRAP_OPEN(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), folder)

/* The fortified forms of open without a mode. */
WRAP_PATH(int, __open_2, (const char *path, int flags), (path, flags), vfs_open(path, flags))
WRAP_PATH(int, __open64_2, (const char *path, int flags), (path, flags), vfs_open(path, flags))
WRAP_AT(int, __openat_2, (int folder, const char *path, int flags), (folder, path, flags), vfs_open(path, flags))
WRAP_AT(int, __openat64_2, (int folder, const char *path, int flags), (folder, path, flags), vfs_open(path, flags))

#define CREATING (O_CREAT | O_WRONLY | O_TRUNC)
WRAP_PATH(int, creat, (const char *path, mode_t mode), (path, mode), vfs_open(path, CREATING))
WRAP_PATH(int, creat64, (const char *path, mode_t mode), (path, mode), vfs_open(path, CREATING))

WRAP_LOOKING(FILE *, fopen, (const char *path, const char *mode), (path, mode), NULL, vfs_fopen(path, mode))
WRAP_LOOKING(FILE *, fopen64, (const char *path, const char *mode), (path, mode), NULL, vfs_fopen(path, mode))

/* Whether a standard stream is a file or a pipe, and where it stands, is as much a question as whether it is a terminal. */
static void
note_stream(int fd)
{
    if (fd >= 0 && fd <= 2 && bundle_is_recording()) {
        char detail[2] = {(char)('0' + fd), 0};
        bundle_note("terminal", detail);
    }
}

/* UNWRITTEN(type, name, parameters, arguments, ours): `ours` for a descriptor whose contents are in memory only. */
#define UNWRITTEN(type, name, parameters, arguments, ours) \
    type __wrap_##name parameters \
    { \
        const struct bundle_file *file = unwritten_file(fd); \
        return file ? ours : __real_##name arguments; \
    }

ssize_t
__wrap_read(int fd, void *out, size_t size)
{
    if (fd <= 2 && bundle_is_recording()) {
        bundle_note("input", NULL);
    }
    const struct bundle_file *file = unwritten_file(fd);
    return file ? unwritten_read(file, fd, out, size) : __real_read(fd, out, size);
}

UNWRITTEN(ssize_t, pread, (int fd, void *out, size_t size, off_t offset), (fd, out, size, offset),
          unwritten_pread(file, out, size, offset))
UNWRITTEN(ssize_t, pread64, (int fd, void *out, size_t size, off_t offset), (fd, out, size, offset),
          unwritten_pread(file, out, size, offset))

#define WRAP_LSEEK(name) \
    off_t __wrap_##name(int fd, off_t offset, int whence) \
    { \
        note_stream(fd); \
        const struct bundle_file *file = unwritten_file(fd); \
        return file ? unwritten_lseek(file, fd, offset, whence) : __real_##name(fd, offset, whence); \
    }

WRAP_LSEEK(lseek)
WRAP_LSEEK(lseek64)

/* Memory without a file is the region's while a program is recorded. */
static bool
is_region_mapping(void *address, int protection, int flags)
{
    int kind = flags & (MAP_ANONYMOUS | MAP_SHARED | MAP_FIXED);
    return bundle_is_recording() && !address && kind == MAP_ANONYMOUS && protection == (PROT_READ | PROT_WRITE);
}

#define WRAP_MMAP(name) \
    void *__wrap_##name(void *address, size_t size, int protection, int flags, int fd, off_t offset) \
    { \
        const struct bundle_file *file = unwritten_file(fd); \
        if (is_region_mapping(address, protection, flags)) { \
            void *pages = bundle_region_pages(size); \
            return pages ? pages : MAP_FAILED; \
        } \
        return file ? unwritten_mmap(file, address, size, protection, flags, offset) \
                    : __real_##name(address, size, protection, flags, fd, offset); \
    }

WRAP_MMAP(mmap)
WRAP_MMAP(mmap64)

/* --- Facts --------------------------------------------------------------------------------------------------- */

WRAP_LOOKING(int, stat, (const char *path, struct stat *out), (path, out), -1, vfs_stat(path, out))
WRAP_LOOKING(int, stat64, (const char *path, struct stat *out), (path, out), -1, vfs_stat(path, out))
WRAP_PATH(int, lstat, (const char *path, struct stat *out), (path, out), vfs_stat(path, out))
WRAP_PATH(int, lstat64, (const char *path, struct stat *out), (path, out), vfs_stat(path, out))

#define WRAP_FSTAT(name) \
    int __wrap_##name(int fd, struct stat *out) \
    { \
        note_stream(fd); \
        int status = __real_##name(fd, out); \
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

/* Rust's standard library asks in this way. Older C libraries have no such function, the kernel may. */
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
        return (int)__real_syscall(SYS_statx, folder, path, flags, mask, out);
    }
    if ((inner ? vfs_stat(inner, &facts) : fstat(folder, &facts)) < 0) {
        return -1;
    }
    struct statx_timestamp time = {.tv_sec = facts.st_mtim.tv_sec};
    *out = (struct statx){
        .stx_mask = STATX_BASIC_STATS,
        .stx_blksize = (uint32_t)facts.st_blksize,
        .stx_nlink = (uint32_t)facts.st_nlink,
        .stx_mode = (uint16_t)facts.st_mode,
        .stx_ino = facts.st_ino,
        .stx_size = (uint64_t)facts.st_size,
        .stx_blocks = (uint64_t)facts.st_blocks,
        .stx_atime = time,
        .stx_ctime = time,
        .stx_mtime = time,
        .stx_dev_major = major(facts.st_dev),
        .stx_dev_minor = minor(facts.st_dev),
    };
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

/* --- Folders ------------------------------------------------------------------------------------------------- */

/* The current folder belongs to the system: a folder of ours becomes one of its own. */
static int
chdir_to_copy(const char *path)
{
    char copy[PATH_MAX];
    const struct bundle_file *file = bundle_find_file(path);
    if (file && !file->is_folder) {
        errno = ENOTDIR;
        return -1;
    }
    return file && bundle_copy_outside(path, false, copy) == 0 ? __real_chdir(copy) : -1;
}

WRAP_PATH(int, chdir, (const char *path), (path), chdir_to_copy(path))

int
__wrap_fchdir(int folder)
{
    char room[PATH_MAX];
    const char *path = vfs_path_at(folder, "", room);
    return path ? chdir_to_copy(path) : __real_fchdir(folder);
}

WRAP_PATH(DIR *, opendir, (const char *path), (path), vfs_opendir(path))

DIR *
__wrap_fdopendir(int folder)
{
    DIR *stream = vfs_fdopendir(folder);
    return stream || errno ? stream : __real_fdopendir(folder);
}

WRAP(struct dirent *, readdir, (DIR *stream), (stream), vfs_folder(stream), vfs_readdir(vfs_folder(stream)))
WRAP(struct dirent *, readdir64, (DIR *stream), (stream), vfs_folder(stream), vfs_readdir(vfs_folder(stream)))
WRAP(int, closedir, (DIR *stream), (stream), vfs_folder(stream), vfs_closedir(vfs_folder(stream)))
WRAP(int, dirfd, (DIR *stream), (stream), vfs_folder(stream), vfs_dirfd(vfs_folder(stream)))

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

/* --- Changes ------------------------------------------------------------------------------------------------- */

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
