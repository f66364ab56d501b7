/* Files that are part of the executable, under BUNDLE_ROOT: the file calls of libpython and of the images.

   The linker sends those calls to the __wrap_ functions here (--wrap; images are bound to them directly). A path under
   the root is served from the tables; every other path goes on to the C library untouched. A descriptor, where one is
   needed, is that of a sealed memory file with the contents. */

#include "launcher.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define ROOT_LENGTH (sizeof BUNDLE_ROOT - 1)

/* --- Paths --------------------------------------------------------------------------------------------------- */

/* Could this path lie under the root? Cheap, for every file call passes here. */
bool
bundle_is_ours(const char *path)
{
    if (!path || path[0] != '/') {
        return false;
    }
    while (path[1] == '/') { /* "//x" is "/x" */
        path++;
    }
    return strncmp(path, BUNDLE_ROOT, ROOT_LENGTH) == 0 && (path[ROOT_LENGTH] == '/' || path[ROOT_LENGTH] == '\0');
}

/* What is at a path without empty parts, "." and ".."; NULL with errno. */
static const struct bundle_file *
find_normal(const char *path)
{
    const struct bundle_file *file = bundle_find(&bundle.file_index, bundle.files, sizeof(struct bundle_file), path);
    if (!file) {
        errno = ENOENT;
    }
    return file;
}

/* Remove empty parts, "." and ".." from an absolute path; nothing under the root is a link. As for the kernel, what
   stands before a slash must be a folder, also if ".." comes next. */
static int
normalize(const char *path, char *out, size_t size)
{
    size_t length = 0;
    for (const char *part = path; *part;) {
        part += strspn(part, "/");
        out[length] = '\0';
        if (length && bundle_is_ours(out)) {
            const struct bundle_file *above = find_normal(out);
            if (!above || !above->is_folder) {
                errno = above ? ENOTDIR : ENOENT;
                return -1;
            }
        }
        size_t part_length = strcspn(part, "/");
        if (part_length == 2 && memcmp(part, "..", 2) == 0) {
            while (length && out[--length] != '/') {
            }
        }
        else if (part_length && !(part_length == 1 && *part == '.')) {
            if (length + 1 + part_length >= size) {
                errno = ENAMETOOLONG;
                return -1;
            }
            out[length++] = '/';
            memcpy(out + length, part, part_length);
            length += part_length;
        }
        part += part_length;
    }
    out[length] = '\0';
    return 0;
}

/* The file or folder at a path that is_ours; NULL with errno. */
const struct bundle_file *
bundle_find_file(const char *path)
{
    char normal[PATH_MAX];
    return normalize(path, normal, sizeof normal) < 0 ? NULL : find_normal(normal);
}

/* What the binary carries for a host that lacks the file at a path; NULL when there is nothing. Keeps errno. */
static const char *
spare(const char *path)
{
    static int has_any; /* 0: not known yet */
    int error = errno;
    const struct bundle_file *file = NULL;
    if (!has_any) {
        has_any = find_normal(BUNDLE_SPARE) ? 1 : -1;
    }
    char place[PATH_MAX];
    if (has_any > 0 && path[0] == '/'
        && snprintf(place, sizeof place, "%s%s", BUNDLE_SPARE, path) < (int)sizeof place) {
        file = bundle_find_file(place);
    }
    errno = error;
    return file ? file->path : NULL;
}

/* --- Contents ------------------------------------------------------------------------------------------------ */

/* A file's bytes; NULL with errno. To be given back to bundle_unmap_contents. */
const unsigned char *
bundle_map_contents(const struct bundle_file *file)
{
    if (!file->packed_size) {
        return file->data;
    }
    unsigned char *room = mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) {
        return NULL;
    }
    if (!bundle_inflate(file->data, file->packed_size, room, file->size)) {
        munmap(room, file->size);
        errno = EIO;
        return NULL;
    }
    return room;
}

void
bundle_unmap_contents(const struct bundle_file *file, const unsigned char *data)
{
    if (data != file->data) {
        munmap((void *)data, file->size);
    }
}

/* Write a file's bytes; errors in errno. */
static bool
write_contents(int fd, const struct bundle_file *file)
{
    const unsigned char *data = bundle_map_contents(file);
    bool done = data != NULL;
    for (uint64_t written = 0; done && written < file->size;) {
        ssize_t count = write(fd, data + written, file->size - written);
        done = count >= 0;
        written += done ? (uint64_t)count : 0;
    }
    int error = errno;
    if (data) {
        bundle_unmap_contents(file, data);
    }
    errno = error;
    return done;
}

/* A read-only descriptor with the file's contents; -1 with errno. */
static int
open_contents(const struct bundle_file *file, int flags)
{
    if (!file->data && file->size) {
        errno = ENOTSUP; /* an image: it was changed when it was bound */
        return -1;
    }
    int fd = memfd_create(file->name, MFD_ALLOW_SEALING | (flags & O_CLOEXEC ? MFD_CLOEXEC : 0));
    if (fd < 0) {
        return -1;
    }
    if (!write_contents(fd, file)) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

int
bundle_open_contents(const struct bundle_file *file)
{
    return open_contents(file, O_CLOEXEC);
}

static int
open_bundled(const char *path, int flags)
{
    const struct bundle_file *file = bundle_find_file(path);
    if (!file && errno == ENOENT && flags & O_CREAT) {
        errno = EROFS;
        return -1;
    }
    if (!file) {
        return -1;
    }
    if (flags & O_CREAT && flags & O_EXCL) {
        errno = EEXIST;
    }
    else if (file->is_folder || flags & O_DIRECTORY) {
        errno = file->is_folder ? EISDIR : ENOTDIR;
    }
    else if ((flags & O_ACCMODE) != O_RDONLY || flags & O_TRUNC) {
        errno = EROFS;
    }
    else if (file->is_listed_only) {
        errno = ENOENT;
    }
    else {
        return open_contents(file, flags);
    }
    return -1;
}

static FILE *
fopen_bundled(const char *path, const char *mode)
{
    if (strpbrk(mode, "wa+")) {
        errno = EROFS;
        return NULL;
    }
    int fd = open_bundled(path, O_RDONLY | (strchr(mode, 'e') ? O_CLOEXEC : 0));
    FILE *stream = fd < 0 ? NULL : fdopen(fd, mode);
    if (!stream && fd >= 0) {
        close(fd);
    }
    return stream;
}

/* --- Facts --------------------------------------------------------------------------------------------------- */

/* The owner is root and the time is 1980, as in a reproducible archive: nothing of the build machine. */
#define FILE_TIME 315532800

static int
stat_bundled(const char *path, struct stat *out)
{
    const struct bundle_file *file = bundle_find_file(path);
    if (!file) {
        return -1;
    }
    *out = (struct stat){
        .st_dev = makedev(0, 0xb0d1),
        .st_ino = (ino_t)(file - bundle.files) + 1,
        .st_mode = file->is_folder ? S_IFDIR | 0555 : S_IFREG | (file->is_executable ? 0555 : 0444),
        .st_nlink = file->is_folder ? 2 : 1,
        .st_size = (off_t)file->size,
        .st_blksize = 4096,
        .st_blocks = (blkcnt_t)((file->size + 511) / 512),
        .st_atim.tv_sec = FILE_TIME,
        .st_mtim.tv_sec = FILE_TIME,
        .st_ctim.tv_sec = FILE_TIME,
    };
    return 0;
}

static int
access_bundled(const char *path, int mode)
{
    const struct bundle_file *file = bundle_find_file(path);
    if (!file) {
        return -1;
    }
    if (mode & W_OK) {
        errno = EROFS;
        return -1;
    }
    if (mode & X_OK && !file->is_folder && !file->is_executable) {
        errno = EACCES;
        return -1;
    }
    return 0;
}

static ssize_t
readlink_bundled(const char *path)
{
    if (bundle_find_file(path)) {
        errno = EINVAL; /* not a link */
    }
    return -1;
}

/* --- Folders ------------------------------------------------------------------------------------------------- */

/* What opendir returns for a folder of ours. A DIR is opaque, so those of ours are kept in a list. */
struct folder {
    const struct bundle_file *file;
    uint32_t position;
    struct dirent entry;
    struct folder *next;
};

static struct folder *open_folders;
static pthread_mutex_t folders_lock = PTHREAD_MUTEX_INITIALIZER;

static struct folder *
as_folder(DIR *stream)
{
    if (!__atomic_load_n(&open_folders, __ATOMIC_ACQUIRE)) {
        return NULL;
    }
    pthread_mutex_lock(&folders_lock);
    struct folder *folder = open_folders;
    while (folder && (DIR *)folder != stream) {
        folder = folder->next;
    }
    pthread_mutex_unlock(&folders_lock);
    return folder;
}

static DIR *
opendir_bundled(const char *path)
{
    const struct bundle_file *file = bundle_find_file(path);
    if (file && !file->is_folder) {
        errno = ENOTDIR;
    }
    if (!file || !file->is_folder) {
        return NULL;
    }
    struct folder *folder = calloc(1, sizeof *folder);
    if (!folder) {
        return NULL;
    }
    folder->file = file;
    pthread_mutex_lock(&folders_lock);
    folder->next = open_folders;
    __atomic_store_n(&open_folders, folder, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&folders_lock);
    return (DIR *)folder;
}

static struct dirent *
readdir_bundled(struct folder *folder)
{
    if (folder->position >= folder->file->entry_count) {
        return NULL;
    }
    uint32_t index = folder->file->first_entry + folder->position++;
    const struct bundle_file *file = &bundle.files[index];
    struct dirent *entry = &folder->entry;
    entry->d_ino = index + 1;
    entry->d_off = folder->position;
    entry->d_reclen = sizeof *entry;
    entry->d_type = file->is_folder ? DT_DIR : DT_REG;
    snprintf(entry->d_name, sizeof entry->d_name, "%s", file->name);
    return entry;
}

static int
closedir_bundled(struct folder *folder)
{
    pthread_mutex_lock(&folders_lock);
    struct folder **link = &open_folders;
    while (*link != folder) {
        link = &(*link)->next;
    }
    __atomic_store_n(link, folder->next, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&folders_lock);
    free(folder);
    return 0;
}

/* --- What libpython and images call instead of the C library's ----------------------------------------------- */

/* WRAP(type, name, parameters, arguments, condition, ours): `ours` where `condition` holds, else the C library's. */
#define WRAP(type, name, parameters, arguments, condition, ours) \
    type __real_##name parameters; \
    type __wrap_##name parameters; \
    type __wrap_##name parameters \
    { \
        return (condition) ? (ours) : __real_##name arguments; \
    }

/* The same for calls with which C libraries look for files of the system's: those that it lacks, the binary may have. */
#define WRAP_LOOKING(type, name, parameters, arguments, failure, ours) \
    type __real_##name parameters; \
    type __wrap_##name parameters; \
    type __wrap_##name parameters \
    { \
        if (bundle_is_ours(path)) { \
            return ours; \
        } \
        type result = __real_##name arguments; \
        const char *other = result == failure && errno == ENOENT ? spare(path) : NULL; \
        if (!other) { \
            return result; \
        } \
        path = other; \
        return ours; \
    }

/* The mode of open is only there when a file may be created. */
#define WRAP_OPEN(name, parameters, arguments, path, flags) \
    int __real_##name parameters; \
    int __wrap_##name parameters; \
    int __wrap_##name parameters \
    { \
        if (bundle_is_ours(path)) { \
            return open_bundled(path, flags); \
        } \
        mode_t mode = 0; \
        if (flags & (O_CREAT | __O_TMPFILE)) { \
            va_list rest; \
            va_start(rest, flags); \
            mode = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
        int fd = __real_##name arguments; \
        const char *other = fd < 0 && errno == ENOENT && !(flags & O_CREAT) ? spare(path) : NULL; \
        return other ? open_bundled(other, flags) : fd; \
    }

WRAP_OPEN(open, (const char *path, int flags, ...), (path, flags, mode), path, flags)
WRAP_OPEN(open64, (const char *path, int flags, ...), (path, flags, mode), path, flags)
WRAP_OPEN(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), path, flags)
WRAP_OPEN(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode), path, flags)

/* The fortified forms of open without a mode. */
WRAP(int, __open_2, (const char *path, int flags), (path, flags), bundle_is_ours(path), open_bundled(path, flags))
WRAP(int, __open64_2, (const char *path, int flags), (path, flags), bundle_is_ours(path), open_bundled(path, flags))
WRAP(int, __openat_2, (int folder, const char *path, int flags), (folder, path, flags), bundle_is_ours(path),
     open_bundled(path, flags))
WRAP(int, __openat64_2, (int folder, const char *path, int flags), (folder, path, flags), bundle_is_ours(path),
     open_bundled(path, flags))

WRAP_LOOKING(FILE *, fopen, (const char *path, const char *mode), (path, mode), NULL, fopen_bundled(path, mode))
WRAP_LOOKING(FILE *, fopen64, (const char *path, const char *mode), (path, mode), NULL, fopen_bundled(path, mode))

WRAP_LOOKING(int, stat, (const char *path, struct stat *out), (path, out), -1, stat_bundled(path, out))
WRAP_LOOKING(int, stat64, (const char *path, struct stat *out), (path, out), -1, stat_bundled(path, out))
WRAP(int, lstat, (const char *path, struct stat *out), (path, out), bundle_is_ours(path), stat_bundled(path, out))
WRAP(int, lstat64, (const char *path, struct stat *out), (path, out), bundle_is_ours(path), stat_bundled(path, out))
WRAP(int, fstatat, (int folder, const char *path, struct stat *out, int flags), (folder, path, out, flags),
     bundle_is_ours(path), stat_bundled(path, out))
WRAP(int, fstatat64, (int folder, const char *path, struct stat *out, int flags), (folder, path, out, flags),
     bundle_is_ours(path), stat_bundled(path, out))

/* The names under which programs compiled against glibc before 2.33 call stat. On x86-64 the structs are the same. */
#define OLD_STAT(name, parameters, call) \
    int __wrap_##name parameters; \
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

WRAP_LOOKING(int, access, (const char *path, int mode), (path, mode), -1, access_bundled(path, mode))
WRAP(int, faccessat, (int folder, const char *path, int mode, int flags), (folder, path, mode, flags), bundle_is_ours(path),
     access_bundled(path, mode))
WRAP(int, eaccess, (const char *path, int mode), (path, mode), bundle_is_ours(path), access_bundled(path, mode))
WRAP(int, euidaccess, (const char *path, int mode), (path, mode), bundle_is_ours(path), access_bundled(path, mode))

WRAP(ssize_t, readlink, (const char *path, char *out, size_t size), (path, out, size), bundle_is_ours(path),
     readlink_bundled(path))
WRAP(ssize_t, readlinkat, (int folder, const char *path, char *out, size_t size), (folder, path, out, size),
     bundle_is_ours(path), readlink_bundled(path))

int __real_chdir(const char *path);
int __wrap_chdir(const char *path);

/* Fresh folders and files under the root would land on the disk if / were writable. */
static int
mkdir_bundled(const char *path)
{
    errno = bundle_find_file(path) ? EEXIST : EROFS;
    return -1;
}

WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), bundle_is_ours(path), mkdir_bundled(path))
WRAP(int, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode), bundle_is_ours(path), mkdir_bundled(path))

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

static char *
realpath_bundled(const char *path, char *resolved)
{
    if (!bundle_find_file(path)) {
        return NULL;
    }
    char *out = resolved ? resolved : malloc(PATH_MAX);
    if (out && normalize(path, out, PATH_MAX) < 0) {
        if (!resolved) {
            free(out);
        }
        return NULL;
    }
    return out;
}

WRAP(char *, realpath, (const char *path, char *resolved), (path, resolved), bundle_is_ours(path),
     realpath_bundled(path, resolved))
WRAP(char *, __realpath_chk, (const char *path, char *resolved, size_t size), (path, resolved, size), bundle_is_ours(path),
     realpath_bundled(path, resolved))

WRAP(DIR *, opendir, (const char *path), (path), bundle_is_ours(path), opendir_bundled(path))
WRAP(struct dirent *, readdir, (DIR *stream), (stream), as_folder(stream), readdir_bundled(as_folder(stream)))
WRAP(struct dirent *, readdir64, (DIR *stream), (stream), as_folder(stream), readdir_bundled(as_folder(stream)))
WRAP(int, closedir, (DIR *stream), (stream), as_folder(stream), closedir_bundled(as_folder(stream)))

void __real_rewinddir(DIR *stream);
void __wrap_rewinddir(DIR *stream);

void
__wrap_rewinddir(DIR *stream)
{
    struct folder *folder = as_folder(stream);
    if (folder) {
        folder->position = 0;
    }
    else {
        __real_rewinddir(stream);
    }
}
