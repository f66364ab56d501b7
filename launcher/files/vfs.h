/* What file calls give for paths below the root, each as the C library's function of its name. */

#ifndef VFS_H
#define VFS_H

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>

/* The bundled substitute for a file that the host lacks; NULL when there is none. Keeps errno. */
const char *vfs_spare(const char *path);

int vfs_open(const char *path, int flags);
FILE *vfs_fopen(const char *path, const char *mode);
int vfs_stat(const char *path, struct stat *out);
int vfs_access(const char *path, int mode);
ssize_t vfs_readlink(const char *path);
char *vfs_realpath(const char *path, char *resolved);
int vfs_mkdir(const char *path);

/* An open folder. The C library's DIR is opaque, so open folders are kept in a list. */
struct vfs_folder;

/* The folder that a DIR stands for; NULL for those of the C library. */
struct vfs_folder *vfs_folder(DIR *stream);
DIR *vfs_opendir(const char *path);
struct dirent *vfs_readdir(struct vfs_folder *folder);
void vfs_rewinddir(struct vfs_folder *folder);
int vfs_closedir(struct vfs_folder *folder);

#endif
