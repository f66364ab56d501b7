/* Paths below the root. */

#ifndef PATHS_H
#define PATHS_H

/* The bundled substitute for a file that the system lacks; NULL when there is none. Keeps errno. */
const char *vfs_spare(const char *path);

/* As realpath. */
char *vfs_realpath(const char *path, char *resolved);

#endif
