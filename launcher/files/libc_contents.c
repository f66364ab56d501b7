/* The C library's calls that open files, read and map them. */

#include "files/interpose.h"
#include "files/unwritten.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

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
        bundle_begin_passing(); \
        off_t place = file ? unwritten_lseek(file, fd, offset, whence) : __real_##name(fd, offset, whence); \
        bundle_end_passing(); \
        return place; \
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
        if (!(flags & MAP_ANONYMOUS)) { \
            note_stream(fd); \
        } \
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
