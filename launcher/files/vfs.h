/* What file calls give for paths below the root, each as the C library's function of its name. */

#ifndef VFS_H
#define VFS_H

#include "files/contents.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* The path below the root that the arguments of openat and its kin mean, composed in `room` (PATH_MAX bytes) if need be; NULL
   when the path is the system's. */
const char *vfs_path_at(int folder, const char *path, char *room);

int vfs_open(const char *path, int flags);
FILE *vfs_fopen(const char *path, const char *mode);
int vfs_stat(const char *path, struct stat *out);
int vfs_statvfs(const char *path, struct statvfs *out);
int vfs_access(const char *path, int mode);
ssize_t vfs_readlink(const char *path);

/* Facts of a descriptor as the kernel tells them become those of the file that it stands for, if it is ours. */
void vfs_describe(struct stat *facts);

/* The bundled file or folder that a descriptor stands for; NULL when it is none of ours. Keeps errno. */
static inline const struct bundle_file *
vfs_described_by(int fd)
{
    struct stat facts;
    return bundle_descriptor_file(fd, &facts);
}

#endif
