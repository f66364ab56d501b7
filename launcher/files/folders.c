/* Open folders of the binary. */

#include "files/folders.h"

#include "files/contents.h"
#include "files/files.h"
#include "files/vfs.h"
#include "lifetime.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct vfs_folder {
    const struct bundle_file *file;
    int fd; /* -1: none yet */
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

static DIR *
open_folder(const struct bundle_file *file, int fd)
{
    struct vfs_folder *folder = calloc(1, sizeof *folder);
    if (!folder) {
        return NULL;
    }
    folder->file = file;
    folder->fd = fd;
    pthread_mutex_lock(&folders_lock);
    folder->next = open_folders;
    __atomic_store_n(&open_folders, folder, __ATOMIC_RELEASE);
    pthread_mutex_unlock(&folders_lock);
    return (DIR *)folder;
}

DIR *
vfs_opendir(const char *path)
{
    const struct bundle_file *file = bundle_find_file(path);
    if (file && !file->is_folder) {
        errno = ENOTDIR;
    }
    return file && file->is_folder ? open_folder(file, -1) : NULL;
}

DIR *
vfs_fdopendir(int fd)
{
    const struct bundle_file *file = vfs_described_by(fd);
    errno = file && !file->is_folder ? ENOTDIR : 0;
    return file && file->is_folder ? open_folder(file, fd) : NULL;
}

int
vfs_dirfd(struct vfs_folder *folder)
{
    if (folder->fd < 0) {
        folder->fd = bundle_open_descriptor(folder->file, O_CLOEXEC);
    }
    return folder->fd;
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
    int status = folder->fd < 0 ? 0 : close(folder->fd);
    free(folder);
    return status;
}

void
vfs_rewinddir(struct vfs_folder *folder)
{
    folder->position = 0;
}
