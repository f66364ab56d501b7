/* Open folders of the binary. */

#ifndef FOLDERS_H
#define FOLDERS_H

#include <dirent.h>

/* An open folder. The C library's DIR is opaque, so open folders are kept in a list. */
struct vfs_folder;

/* The folder that a DIR stands for; NULL for those of the C library. */
struct vfs_folder *vfs_folder(DIR *stream);

/* What the C library's functions of these names give. */
DIR *vfs_opendir(const char *path);
DIR *vfs_fdopendir(int fd); /* NULL with errno 0 when the descriptor is none of ours */
int vfs_dirfd(struct vfs_folder *folder);
struct dirent *vfs_readdir(struct vfs_folder *folder);
void vfs_rewinddir(struct vfs_folder *folder);
int vfs_closedir(struct vfs_folder *folder);

#endif
