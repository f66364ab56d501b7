/* The C library's calls for folders. */

#include "files/folders.h"
#include "files/interpose.h"

#include <unistd.h>

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
