/* What a read-only file system says to calls that would change it.

   Errors come in the order in which the kernel finds them (Linux 6.1, fs/namei.c): first those of the folder in which an
   entry would change, then that it is there already, then that nothing can be written. */

#include "files/changes.h"

#include "files/files.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

static int
refuse(int error)
{
    errno = error;
    return -1;
}

/* Is there a folder for the last part of a path to be in? Errors in errno. */
static bool
has_parent(const char *path)
{
    char parent[PATH_MAX];
    size_t length = strlen(path);
    while (length && path[length - 1] == '/') {
        length--;
    }
    while (length && path[length - 1] != '/') {
        length--;
    }
    if (length >= sizeof parent) {
        errno = ENAMETOOLONG;
        return false;
    }
    *(char *)mempcpy(parent, path, length) = '\0';
    if (!bundle_is_ours(parent)) {
        return true; /* the root's own */
    }
    const struct bundle_file *folder = bundle_find_file(parent);
    if (folder && !folder->is_folder) {
        errno = ENOTDIR;
    }
    return folder && folder->is_folder;
}

int
vfs_refuse_change(const char *path)
{
    return bundle_find_file(path) ? refuse(EROFS) : -1;
}

int
vfs_refuse_truncation(const char *path)
{
    const struct bundle_file *file = bundle_find_file(path);
    return file ? refuse(file->is_folder ? EISDIR : EROFS) : -1;
}

int
vfs_refuse_new(const char *path)
{
    if (!has_parent(path)) {
        return -1;
    }
    bool is_there = bundle_find_file(path) || errno == ENOTDIR; /* a file, with a slash behind */
    return refuse(is_there ? EEXIST : EROFS);
}

int
vfs_refuse_entry(const char *path)
{
    return has_parent(path) ? refuse(EROFS) : -1;
}

int
vfs_refuse_link(const char *from, const char *to)
{
    if (from && !bundle_find_file(from)) {
        return -1;
    }
    return to ? vfs_refuse_new(to) : refuse(EXDEV);
}

int
vfs_refuse_rename(const char *from, const char *to)
{
    if ((from && !has_parent(from)) || (to && !has_parent(to))) {
        return -1;
    }
    return refuse(from && to ? EROFS : EXDEV);
}
