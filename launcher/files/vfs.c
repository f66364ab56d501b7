/* The virtual file system: files and folders of the binary, at their paths below the root. */

#include "files/vfs.h"

#include "executable/executable.h"
#include "files/contents.h"
#include "files/files.h"
#include "lifetime.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define ROOT_LENGTH (sizeof BUNDLE_ROOT - 1)

/* --- Paths --------------------------------------------------------------------------------------------------- */

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

const struct bundle_file *
bundle_find_file(const char *path)
{
    char normal[PATH_MAX];
    return normalize(path, normal, sizeof normal) < 0 ? NULL : find_normal(normal);
}

const char *
vfs_spare(const char *path)
{
    PER_PROGRAM static int has_any; /* 0: not known yet */
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

/* --- Opening -------------------------------------------------------------------------------------------------- */

int
vfs_open(const char *path, int flags)
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
        return bundle_open_contents_as(file, flags);
    }
    return -1;
}

FILE *
vfs_fopen(const char *path, const char *mode)
{
    if (strpbrk(mode, "wa+")) {
        errno = EROFS;
        return NULL;
    }
    int fd = vfs_open(path, O_RDONLY | (strchr(mode, 'e') ? O_CLOEXEC : 0));
    FILE *stream = fd < 0 ? NULL : fdopen(fd, mode);
    if (!stream && fd >= 0) {
        close(fd);
    }
    return stream;
}

/* --- Facts --------------------------------------------------------------------------------------------------- */

/* The owner is root and the time is 1980, as in a reproducible archive: nothing of the build machine. */
#define FILE_TIME 315532800

int
vfs_stat(const char *path, struct stat *out)
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

int
vfs_access(const char *path, int mode)
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

ssize_t
vfs_readlink(const char *path)
{
    if (bundle_find_file(path)) {
        errno = EINVAL; /* not a link */
    }
    return -1;
}

char *
vfs_realpath(const char *path, char *resolved)
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

int
vfs_mkdir(const char *path)
{
    errno = bundle_find_file(path) ? EEXIST : EROFS;
    return -1;
}

/* --- Folders ------------------------------------------------------------------------------------------------- */

struct vfs_folder {
    const struct bundle_file *file;
    uint32_t position;
    struct dirent entry;
    struct vfs_folder *next;
};

PER_PROGRAM static struct vfs_folder *open_folders;
PER_PROCESS static pthread_mutex_t folders_lock = PTHREAD_MUTEX_INITIALIZER;

struct vfs_folder *
vfs_folder(DIR *stream)
{
    if (!__atomic_load_n(&open_folders, __ATOMIC_ACQUIRE)) {
        return NULL;
    }
    pthread_mutex_lock(&folders_lock);
    struct vfs_folder *folder = open_folders;
    while (folder && (DIR *)folder != stream) {
        folder = folder->next;
    }
    pthread_mutex_unlock(&folders_lock);
    return folder;
}

DIR *
vfs_opendir(const char *path)
{
    const struct bundle_file *file = bundle_find_file(path);
    if (file && !file->is_folder) {
        errno = ENOTDIR;
    }
    if (!file || !file->is_folder) {
        return NULL;
    }
    struct vfs_folder *folder = calloc(1, sizeof *folder);
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

struct dirent *
vfs_readdir(struct vfs_folder *folder)
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

int
vfs_closedir(struct vfs_folder *folder)
{
    pthread_mutex_lock(&folders_lock);
    struct vfs_folder **link = &open_folders;
    while (*link != folder) {
        link = &(*link)->next;
    }
    __atomic_store_n(link, folder->next, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&folders_lock);
    free(folder);
    return 0;
}

void
vfs_rewinddir(struct vfs_folder *folder)
{
    folder->position = 0;
}
