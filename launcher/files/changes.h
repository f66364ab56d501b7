/* What a read-only file system says to calls that would change it. */

#ifndef CHANGES_H
#define CHANGES_H

/* All return -1, with the errno of calls that change what is at a path, that truncate a file, that add an entry to a folder,
   and that change or remove an entry, whether it is there or not. */
int vfs_refuse_change(const char *path);
int vfs_refuse_truncation(const char *path);
int vfs_refuse_new(const char *path);
int vfs_refuse_entry(const char *path);

/* The same for calls with two paths; NULL stands for one of the system's. */
int vfs_refuse_link(const char *from, const char *to);
int vfs_refuse_rename(const char *from, const char *to);

#endif
