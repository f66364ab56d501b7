/* Symbol interposition: the functions in whose place the launcher's own are called, by who calls them.

   FUNCTION(result, name, (parameters)) stands for one. C makes the prototypes of these lists; bundler/contract.py reads
   their names, as it reads bundle.h. `__wrap_NAME` is the launcher's function, `__real_NAME` the original. The linker
   redirects the launcher's own calls too: a room below the interposing one, and its own files, call the original. */

#ifndef INTERPOSED_H
#define INTERPOSED_H

#include <dirent.h>
#include <dlfcn.h>
#include <link.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/types.h>
#include <utime.h>

struct found_object;
struct thread_local_index;

/* Of the C library, by libpython and by objects. */
#define INTERPOSED_FUNCTIONS(FUNCTION) \
    FUNCTION(void *, dlopen, (const char *name, int flags)) \
    FUNCTION(void *, dlsym, (void *handle, const char *name)) \
    FUNCTION(void *, dlvsym, (void *handle, const char *name, const char *version)) \
    FUNCTION(int, dlclose, (void *handle)) \
    FUNCTION(char *, dlerror, (void)) \
    FUNCTION(int, dladdr, (const void *address, Dl_info *info)) \
    FUNCTION(int, dladdr1, (const void *address, Dl_info *info, void **extra, int flags)) \
    FUNCTION(int, dlinfo, (void *handle, int request, void *out)) \
    FUNCTION(int, dl_iterate_phdr, (int (*callback)(struct dl_phdr_info *, size_t, void *), void *data)) \
    FUNCTION(int, open, (const char *path, int flags, ...)) \
    FUNCTION(int, open64, (const char *path, int flags, ...)) \
    FUNCTION(int, openat, (int folder, const char *path, int flags, ...)) \
    FUNCTION(int, openat64, (int folder, const char *path, int flags, ...)) \
    FUNCTION(int, creat, (const char *path, mode_t mode)) \
    FUNCTION(int, creat64, (const char *path, mode_t mode)) \
    FUNCTION(int, __open_2, (const char *path, int flags)) \
    FUNCTION(int, __open64_2, (const char *path, int flags)) \
    FUNCTION(int, __openat_2, (int folder, const char *path, int flags)) \
    FUNCTION(int, __openat64_2, (int folder, const char *path, int flags)) \
    FUNCTION(ssize_t, read, (int fd, void *out, size_t size)) \
    FUNCTION(ssize_t, pread, (int fd, void *out, size_t size, off_t offset)) \
    FUNCTION(ssize_t, pread64, (int fd, void *out, size_t size, off_t offset)) \
    FUNCTION(off_t, lseek, (int fd, off_t offset, int whence)) \
    FUNCTION(off_t, lseek64, (int fd, off_t offset, int whence)) \
    FUNCTION(void *, mmap, (void *address, size_t size, int protection, int flags, int fd, off_t offset)) \
    FUNCTION(void *, mmap64, (void *address, size_t size, int protection, int flags, int fd, off_t offset)) \
    FUNCTION(FILE *, fopen, (const char *path, const char *mode)) \
    FUNCTION(FILE *, fopen64, (const char *path, const char *mode)) \
    FUNCTION(int, stat, (const char *path, struct stat *out)) \
    FUNCTION(int, stat64, (const char *path, struct stat *out)) \
    FUNCTION(int, lstat, (const char *path, struct stat *out)) \
    FUNCTION(int, lstat64, (const char *path, struct stat *out)) \
    FUNCTION(int, fstatat, (int folder, const char *path, struct stat *out, int flags)) \
    FUNCTION(int, fstatat64, (int folder, const char *path, struct stat *out, int flags)) \
    FUNCTION(int, fstat, (int fd, struct stat *out)) \
    FUNCTION(int, fstat64, (int fd, struct stat *out)) \
    FUNCTION(int, __xstat, (int version, const char *path, struct stat *out)) \
    FUNCTION(int, __xstat64, (int version, const char *path, struct stat *out)) \
    FUNCTION(int, __lxstat, (int version, const char *path, struct stat *out)) \
    FUNCTION(int, __lxstat64, (int version, const char *path, struct stat *out)) \
    FUNCTION(int, __fxstatat, (int version, int folder, const char *path, struct stat *out, int flags)) \
    FUNCTION(int, __fxstatat64, (int version, int folder, const char *path, struct stat *out, int flags)) \
    FUNCTION(int, __fxstat, (int version, int fd, struct stat *out)) \
    FUNCTION(int, __fxstat64, (int version, int fd, struct stat *out)) \
    FUNCTION(int, statx, (int folder, const char *path, int flags, unsigned mask, struct statx *out)) \
    FUNCTION(int, statvfs, (const char *path, struct statvfs *out)) \
    FUNCTION(int, statvfs64, (const char *path, struct statvfs *out)) \
    FUNCTION(int, access, (const char *path, int mode)) \
    FUNCTION(int, faccessat, (int folder, const char *path, int mode, int flags)) \
    FUNCTION(int, eaccess, (const char *path, int mode)) \
    FUNCTION(int, euidaccess, (const char *path, int mode)) \
    FUNCTION(ssize_t, readlink, (const char *path, char *out, size_t size)) \
    FUNCTION(ssize_t, readlinkat, (int folder, const char *path, char *out, size_t size)) \
    FUNCTION(char *, realpath, (const char *path, char *resolved)) \
    FUNCTION(char *, __realpath_chk, (const char *path, char *resolved, size_t size)) \
    FUNCTION(int, chdir, (const char *path)) \
    FUNCTION(int, fchdir, (int folder)) \
    FUNCTION(int, mkdir, (const char *path, mode_t mode)) \
    FUNCTION(int, mkdirat, (int folder, const char *path, mode_t mode)) \
    FUNCTION(int, mknod, (const char *path, mode_t mode, dev_t device)) \
    FUNCTION(int, mknodat, (int folder, const char *path, mode_t mode, dev_t device)) \
    FUNCTION(int, mkfifo, (const char *path, mode_t mode)) \
    FUNCTION(int, mkfifoat, (int folder, const char *path, mode_t mode)) \
    FUNCTION(int, symlink, (const char *target, const char *path)) \
    FUNCTION(int, symlinkat, (const char *target, int folder, const char *path)) \
    FUNCTION(int, link, (const char *from, const char *to)) \
    FUNCTION(int, linkat, (int from_folder, const char *from, int to_folder, const char *to, int flags)) \
    FUNCTION(int, rename, (const char *from, const char *to)) \
    FUNCTION(int, renameat, (int from_folder, const char *from, int to_folder, const char *to)) \
    FUNCTION(int, remove, (const char *path)) \
    FUNCTION(int, unlink, (const char *path)) \
    FUNCTION(int, unlinkat, (int folder, const char *path, int flags)) \
    FUNCTION(int, rmdir, (const char *path)) \
    FUNCTION(int, truncate, (const char *path, off_t size)) \
    FUNCTION(int, truncate64, (const char *path, off_t size)) \
    FUNCTION(int, chmod, (const char *path, mode_t mode)) \
    FUNCTION(int, fchmod, (int fd, mode_t mode)) \
    FUNCTION(int, fchmodat, (int folder, const char *path, mode_t mode, int flags)) \
    FUNCTION(int, chown, (const char *path, uid_t owner, gid_t group)) \
    FUNCTION(int, lchown, (const char *path, uid_t owner, gid_t group)) \
    FUNCTION(int, fchown, (int fd, uid_t owner, gid_t group)) \
    FUNCTION(int, fchownat, (int folder, const char *path, uid_t owner, gid_t group, int flags)) \
    FUNCTION(int, utime, (const char *path, const struct utimbuf *times)) \
    FUNCTION(int, utimes, (const char *path, const struct timeval *times)) \
    FUNCTION(int, lutimes, (const char *path, const struct timeval *times)) \
    FUNCTION(int, futimens, (int fd, const struct timespec *times)) \
    FUNCTION(int, utimensat, (int folder, const char *path, const struct timespec *times, int flags)) \
    FUNCTION(int, setxattr, (const char *path, const char *name, const void *value, size_t size, int flags)) \
    FUNCTION(int, lsetxattr, (const char *path, const char *name, const void *value, size_t size, int flags)) \
    FUNCTION(int, removexattr, (const char *path, const char *name)) \
    FUNCTION(int, lremovexattr, (const char *path, const char *name)) \
    FUNCTION(ssize_t, listxattr, (const char *path, char *list, size_t size)) \
    FUNCTION(ssize_t, llistxattr, (const char *path, char *list, size_t size)) \
    FUNCTION(ssize_t, getxattr, (const char *path, const char *name, void *value, size_t size)) \
    FUNCTION(ssize_t, lgetxattr, (const char *path, const char *name, void *value, size_t size)) \
    FUNCTION(DIR *, opendir, (const char *path)) \
    FUNCTION(DIR *, fdopendir, (int folder)) \
    FUNCTION(int, dirfd, (DIR *stream)) \
    FUNCTION(struct dirent *, readdir, (DIR *stream)) \
    FUNCTION(struct dirent *, readdir64, (DIR *stream)) \
    FUNCTION(int, closedir, (DIR *stream)) \
    FUNCTION(void, rewinddir, (DIR *stream)) \
    FUNCTION(int, execv, (const char *path, char *const *argv)) \
    FUNCTION(int, execve, (const char *path, char *const *argv, char *const *environment)) \
    FUNCTION(int, execvp, (const char *path, char *const *argv)) \
    FUNCTION(int, execvpe, (const char *path, char *const *argv, char *const *variables)) \
    FUNCTION(int, fexecve, (int fd, char *const *argv, char *const *environment)) \
    FUNCTION(int, posix_spawn, \
             (pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, \
              const posix_spawnattr_t *attributes, char *const *argv, char *const *environment)) \
    FUNCTION(int, posix_spawnp, \
             (pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, \
              const posix_spawnattr_t *attributes, char *const *argv, char *const *environment)) \
    FUNCTION(char *, secure_getenv, (const char *name))

/* clang-format off */
/* Of the C library, by objects only: the launcher itself calls the originals, by their own names. */
#define INTERPOSED_IN_OBJECTS(FUNCTION) \
    FUNCTION(void *, __tls_get_addr, (struct thread_local_index * index)) \
    FUNCTION(int, _dl_find_object, (void *address, struct found_object *result))

/* Of a C library that is part of the executable, by its own other files. */
#define INTERPOSED_IN_STATIC_LIBC(FUNCTION) \
    FUNCTION(int, __open_nocancel, (const char *path, int flags, ...))
/* clang-format on */

/* Of the interpreter, by extension modules. The launcher's functions are called `extension_NAME`. */
#define INTERPOSED_FOR_EXTENSIONS(FUNCTION) \
    FUNCTION(PyObject *, PyUnicode_InternFromString, (const char *text)) \
    FUNCTION(void, PyUnicode_InternInPlace, (PyObject **place))

/* Of a static libpython, by its other files: the linker redirects these calls. The way to the code of frozen modules
   (interpreter/frozen.c), and those to names in dictionaries (interpreter/static/lookup.c). A function that a version
   lacks is called by nothing. */
#define INTERPOSED_IN_STATIC_PYTHON(FUNCTION) \
    FUNCTION(int, PyDict_Contains, (PyObject *dict, PyObject *key)) \
    FUNCTION(int, PyDict_GetItemRef, (PyObject *dict, PyObject *key, PyObject **result)) \
    FUNCTION(PyObject *, PyDict_GetItemWithError, (PyObject *dict, PyObject *key)) \
    FUNCTION(PyObject *, PyMarshal_ReadObjectFromString, (const char *data, Py_ssize_t size)) \
    FUNCTION(void, PyThread_exit_thread, (void)) \
    FUNCTION(PyObject *, PyUnicode_InternFromString, (const char *text)) \
    FUNCTION(int, _PyDict_GetItemRef_KnownHash, \
             (PyDictObject *dict, PyObject *key, Py_hash_t hash, PyObject **result)) \
    FUNCTION(PyObject *, _PyDict_GetItemWithError, (PyObject *dict, PyObject *key)) \
    FUNCTION(PyObject *, _PyDict_GetItem_KnownHash, (PyObject *dict, PyObject *key, Py_hash_t hash)) \
    FUNCTION(PyObject *, _PyDict_LoadGlobal, (PyDictObject *globals, PyDictObject *builtins, PyObject *key))

/* Of a shared libpython, by anybody: its inner calls were bound when it was built, so the functions begin with a jump to
   the launcher's. The second is the program that searches the disk for an installation; in a static libpython
   interpreter/static/frozen_static.c defines it. */
#define INTERPOSED_IN_SHARED_PYTHON(FUNCTION) \
    FUNCTION(PyObject *, PyMarshal_ReadObjectFromString, (const char *data, Py_ssize_t size)) \
    FUNCTION(void, PyThread_exit_thread, (void)) \
    FUNCTION(PyObject *, _Py_Get_Getpath_CodeObject, (void))

#define DECLARE_WRAP(result, name, parameters) result __wrap_##name parameters;
#define DECLARE_REAL(result, name, parameters) result __real_##name parameters;
#define DECLARE_EXTENSION(result, name, parameters) result extension_##name parameters;

INTERPOSED_FUNCTIONS(DECLARE_WRAP)
INTERPOSED_FUNCTIONS(DECLARE_REAL)
INTERPOSED_IN_OBJECTS(DECLARE_WRAP)
INTERPOSED_IN_STATIC_LIBC(DECLARE_WRAP)
INTERPOSED_IN_STATIC_LIBC(DECLARE_REAL)

#endif
