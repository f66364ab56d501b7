/* Symbol interposition: the functions in whose place the launcher's own are called, by who calls them.

   FUNCTION(result, name, (parameters)) stands for one. C makes the prototypes of these lists; bundler/contract.py reads
   their names, as it reads bundle.h. `__wrap_NAME` is the launcher's function, `__real_NAME` the original. The linker
   redirects the launcher's own calls too: a room below the interposing one, and its own files, call the original. */

#ifndef INTERPOSED_H
#define INTERPOSED_H

#include <dirent.h>
#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <langinfo.h>
#include <libintl.h>
#include <link.h>
#include <locale.h>
#include <malloc.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <syslog.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>
#include <wchar.h>

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
    FUNCTION(void, pthread_exit, (void *result)) \
    FUNCTION(int, pthread_cancel, (pthread_t thread)) \
    FUNCTION(int, backtrace, (void **addresses, int size)) \
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

/* Of the C library, by libpython and by objects: what a program asks of its machine, and what it changes there
   (launcher/world). */
#define INTERPOSED_IN_WORLD(FUNCTION) \
    FUNCTION(void *, malloc, (size_t size)) \
    FUNCTION(void *, calloc, (size_t count, size_t size)) \
    FUNCTION(void *, realloc, (void *block, size_t size)) \
    FUNCTION(void *, reallocarray, (void *block, size_t count, size_t size)) \
    FUNCTION(void, free, (void *block)) \
    FUNCTION(int, posix_memalign, (void **out, size_t alignment, size_t size)) \
    FUNCTION(void *, aligned_alloc, (size_t alignment, size_t size)) \
    FUNCTION(void *, memalign, (size_t alignment, size_t size)) \
    FUNCTION(size_t, malloc_usable_size, (void *block)) \
    FUNCTION(char *, strdup, (const char *text)) \
    FUNCTION(char *, __strdup, (const char *text)) \
    FUNCTION(char *, strndup, (const char *text, size_t most)) \
    FUNCTION(char *, __strndup, (const char *text, size_t most)) \
    FUNCTION(wchar_t *, wcsdup, (const wchar_t *text)) \
    FUNCTION(int, munmap, (void *address, size_t size)) \
    FUNCTION(int, madvise, (void *address, size_t size, int advice)) \
    FUNCTION(int, pthread_key_create, (pthread_key_t * key, void (*destructor)(void *))) \
    FUNCTION(int, pthread_key_delete, (pthread_key_t key)) \
    FUNCTION(int, pthread_cond_init, (pthread_cond_t * condition, const pthread_condattr_t *attributes)) \
    FUNCTION(int, pthread_cond_destroy, (pthread_cond_t * condition)) \
    FUNCTION(int, pthread_cond_signal, (pthread_cond_t * condition)) \
    FUNCTION(int, pthread_cond_broadcast, (pthread_cond_t * condition)) \
    FUNCTION(int, pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t * mutex)) \
    FUNCTION(int, pthread_cond_timedwait, \
             (pthread_cond_t * condition, pthread_mutex_t * mutex, const struct timespec *time)) \
    FUNCTION(int, pthread_cond_clockwait, \
             (pthread_cond_t * condition, pthread_mutex_t * mutex, clockid_t clock, const struct timespec *time)) \
    FUNCTION(int, __cxa_atexit, (void (*function)(void *), void *argument, void *object)) \
    FUNCTION(int, __register_atfork, (void (*prepare)(void), void (*parent)(void), void (*child)(void), void *object)) \
    FUNCTION(int, __cxa_thread_atexit_impl, (void (*function)(void *), void *argument, void *object)) \
    FUNCTION(pid_t, getpid, (void)) \
    FUNCTION(pid_t, getppid, (void)) \
    FUNCTION(pid_t, gettid, (void)) \
    FUNCTION(pid_t, getpgrp, (void)) \
    FUNCTION(pid_t, getsid, (pid_t process)) \
    FUNCTION(pid_t, getpgid, (pid_t process)) \
    FUNCTION(uid_t, getuid, (void)) \
    FUNCTION(uid_t, geteuid, (void)) \
    FUNCTION(gid_t, getgid, (void)) \
    FUNCTION(gid_t, getegid, (void)) \
    FUNCTION(int, gethostname, (char *out, size_t size)) \
    FUNCTION(int, uname, (struct utsname * out)) \
    FUNCTION(ssize_t, getrandom, (void *bytes, size_t size, unsigned flags)) \
    FUNCTION(int, getentropy, (void *bytes, size_t size)) \
    FUNCTION(time_t, time, (time_t *out)) \
    FUNCTION(int, gettimeofday, (struct timeval *restrict out, void *restrict zone)) \
    FUNCTION(int, clock_gettime, (clockid_t clock, struct timespec * out)) \
    FUNCTION(struct tm *, localtime, (const time_t *time)) \
    FUNCTION(struct tm *, localtime_r, (const time_t *time, struct tm *out)) \
    FUNCTION(time_t, mktime, (struct tm * parts)) \
    FUNCTION(char *, ctime, (const time_t *time)) \
    FUNCTION(char *, ctime_r, (const time_t *time, char *out)) \
    FUNCTION(time_t, timelocal, (struct tm * parts)) \
    FUNCTION(int, timespec_get, (struct timespec * out, int base)) \
    FUNCTION(clock_t, clock, (void)) \
    FUNCTION(clock_t, times, (struct tms * out)) \
    FUNCTION(long, sysconf, (int name)) \
    FUNCTION(unsigned long, getauxval, (unsigned long kind)) \
    FUNCTION(unsigned long, __getauxval, (unsigned long kind)) \
    FUNCTION(int, sched_getaffinity, (pid_t process, size_t size, cpu_set_t *out)) \
    FUNCTION(int, sched_getcpu, (void)) \
    FUNCTION(size_t, confstr, (int name, char *out, size_t size)) \
    FUNCTION(size_t, __confstr_chk, (int name, char *out, size_t size, size_t room)) \
    FUNCTION(const char *, gnu_get_libc_version, (void)) \
    FUNCTION(const char *, gnu_get_libc_release, (void)) \
    FUNCTION(char *, nl_langinfo, (nl_item item)) \
    FUNCTION(int, getloadavg, (double *out, int count)) \
    FUNCTION(int, getrlimit, (__rlimit_resource_t resource, struct rlimit * out)) \
    FUNCTION(int, getrlimit64, (__rlimit_resource_t resource, struct rlimit64 * out)) \
    FUNCTION(char *, getcwd, (char *out, size_t size)) \
    FUNCTION(char *, getenv, (const char *name)) \
    FUNCTION(int, isatty, (int fd)) \
    FUNCTION(int, tcgetattr, (int fd, struct termios *out)) \
    FUNCTION(char *, ttyname, (int fd)) \
    FUNCTION(int, ttyname_r, (int fd, char *out, size_t size)) \
    FUNCTION(int, ioctl, (int fd, unsigned long request, ...)) \
    FUNCTION(long, syscall, (long number, ...)) \
    FUNCTION(ssize_t, write, (int fd, const void *bytes, size_t size)) \
    FUNCTION(ssize_t, writev, (int fd, const struct iovec *parts, int count)) \
    FUNCTION(size_t, fwrite, (const void *bytes, size_t size, size_t count, FILE *file)) \
    FUNCTION(int, fputs, (const char *text, FILE *file)) \
    FUNCTION(int, puts, (const char *text)) \
    FUNCTION(int, putchar, (int byte)) \
    FUNCTION(int, printf, (const char *format, ...)) \
    FUNCTION(int, fprintf, (FILE *file, const char *format, ...)) \
    FUNCTION(int, __printf_chk, (int flag, const char *format, ...)) \
    FUNCTION(int, __fprintf_chk, (FILE *file, int flag, const char *format, ...)) \
    FUNCTION(int, vprintf, (const char *format, va_list rest)) \
    FUNCTION(int, vfprintf, (FILE *file, const char *format, va_list rest)) \
    FUNCTION(pid_t, fork, (void)) \
    FUNCTION(int, system, (const char *command)) \
    FUNCTION(FILE *, popen, (const char *command, const char *mode)) \
    FUNCTION(int, pthread_create, \
             (pthread_t * thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument)) \
    FUNCTION(int, socket, (int family, int type, int protocol)) \
    FUNCTION(int, socketpair, (int family, int type, int protocol, int pair[2])) \
    FUNCTION(int, pipe, (int pair[2])) \
    FUNCTION(int, pipe2, (int pair[2], int flags)) \
    FUNCTION(int, epoll_create1, (int flags)) \
    FUNCTION(int, epoll_create, (int size)) \
    FUNCTION(int, eventfd, (unsigned start, int flags)) \
    FUNCTION(char *, setlocale, (int category, const char *locale)) \
    FUNCTION(locale_t, newlocale, (int mask, const char *locale, locale_t base)) \
    FUNCTION(mode_t, umask, (mode_t mask)) \
    FUNCTION(int, sigaltstack, (const stack_t *stack, stack_t *before)) \
    FUNCTION(int, sigaction, (int number, const struct sigaction *action, struct sigaction *before)) \
    FUNCTION(int, sigprocmask, (int how, const sigset_t *set, sigset_t *before)) \
    FUNCTION(int, pthread_sigmask, (int how, const sigset_t *set, sigset_t *before)) \
    FUNCTION(int, setrlimit, (__rlimit_resource_t resource, const struct rlimit *limit)) \
    FUNCTION(int, setrlimit64, (__rlimit_resource_t resource, const struct rlimit64 *limit)) \
    FUNCTION(int, setitimer, (__itimer_which_t which, const struct itimerval *value, struct itimerval *before)) \
    FUNCTION(unsigned, alarm, (unsigned seconds)) \
    FUNCTION(int, sched_setaffinity, (pid_t process, size_t size, const cpu_set_t *set)) \
    FUNCTION(int, nice, (int more)) \
    FUNCTION(int, setpriority, (__priority_which_t which, id_t who, int value)) \
    FUNCTION(pid_t, setsid, (void)) \
    FUNCTION(int, prctl, (int option, ...)) \
    FUNCTION(void, openlog, (const char *name, int options, int facility)) \
    FUNCTION(int, setlogmask, (int mask)) \
    FUNCTION(char *, textdomain, (const char *name)) \
    FUNCTION(char *, bindtextdomain, (const char *name, const char *folder)) \
    FUNCTION(char *, bind_textdomain_codeset, (const char *name, const char *codeset)) \
    FUNCTION(int, mallopt, (int parameter, int value)) \
    FUNCTION(int, pthread_setattr_default_np, (const pthread_attr_t *attributes)) \
    FUNCTION(int, setvbuf, (FILE *stream, char *buffer, int mode, size_t size)) \
    FUNCTION(void, setbuf, (FILE *stream, char *buffer)) \
    FUNCTION(void, setbuffer, (FILE *stream, char *buffer, size_t size)) \
    FUNCTION(void, setlinebuf, (FILE *stream)) \
    FUNCTION(int, rand, (void)) \
    FUNCTION(void, srand, (unsigned seed)) \
    FUNCTION(long, random, (void)) \
    FUNCTION(void, srandom, (unsigned seed)) \
    FUNCTION(char *, initstate, (unsigned seed, char *state, size_t size)) \
    FUNCTION(char *, setstate, (char *state)) \
    FUNCTION(double, drand48, (void)) \
    FUNCTION(long, lrand48, (void)) \
    FUNCTION(long, mrand48, (void)) \
    FUNCTION(void, srand48, (long seed)) \
    FUNCTION(unsigned short *, seed48, (unsigned short seed[3])) \
    FUNCTION(void, lcong48, (unsigned short parameters[7])) \
    FUNCTION(char *, getlogin, (void)) \
    FUNCTION(int, getlogin_r, (char *out, size_t size)) \
    FUNCTION(struct passwd *, getpwuid, (uid_t user)) \
    FUNCTION(struct passwd *, getpwnam, (const char *name)) \
    FUNCTION(int, getpwuid_r, (uid_t user, struct passwd * out, char *room, size_t size, struct passwd **found)) \
    FUNCTION(int, getpwnam_r, (const char *name, struct passwd *out, char *room, size_t size, struct passwd **found))

/* clang-format off */
/* Of the C library, by objects only: the launcher itself calls the originals, by their own names. */
#define INTERPOSED_IN_OBJECTS(FUNCTION) \
    FUNCTION(void *, __tls_get_addr, (struct thread_local_index * index)) \
    FUNCTION(int, _dl_find_object, (void *address, struct found_object *result))

/* Of a C library that is part of the executable, by its own other files and by the unwinder beside it. */
#define INTERPOSED_IN_STATIC_LIBC(FUNCTION) \
    FUNCTION(int, _dl_find_object, (void *address, struct found_object *result)) \
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
   the launcher's. _Py_Get_Getpath_CodeObject gives the program that searches the disk for an installation; in a static
   libpython interpreter/static/frozen_static.c defines it. */
#define INTERPOSED_IN_SHARED_PYTHON(FUNCTION) \
    FUNCTION(PyObject *, PyMarshal_ReadObjectFromString, (const char *data, Py_ssize_t size)) \
    FUNCTION(void, PyThread_exit_thread, (void)) \
    FUNCTION(PyObject *, _Py_Get_Getpath_CodeObject, (void))

#define DECLARE_WRAP(result, name, parameters) result __wrap_##name parameters;
#define DECLARE_REAL(result, name, parameters) result __real_##name parameters;
#define DECLARE_EXTENSION(result, name, parameters) result extension_##name parameters;

INTERPOSED_FUNCTIONS(DECLARE_WRAP)
INTERPOSED_FUNCTIONS(DECLARE_REAL)
INTERPOSED_IN_WORLD(DECLARE_WRAP)
INTERPOSED_IN_WORLD(DECLARE_REAL)
INTERPOSED_IN_OBJECTS(DECLARE_WRAP)
INTERPOSED_IN_STATIC_LIBC(DECLARE_WRAP)
INTERPOSED_IN_STATIC_LIBC(DECLARE_REAL)

#endif
