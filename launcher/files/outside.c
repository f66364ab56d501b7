/* Files of the binary that must be there for others: the argument or the program of a child process, a current folder.

   They are copied to a private folder of the user's, named by their contents, when first needed. Everything here may run
   between fork (or vfork) and exec: system calls and stack, nothing that allocates. */

#include "executable/executable.h"
#include "files/contents.h"
#include "files/files.h"
#include "interposed.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define FOLDER "bundler-files"

/* --- The private folder ---------------------------------------------------------------------------------------- */

/* Make a folder unless it is there; is it this user's alone? Errors in errno. */
static bool
is_private_folder(const char *path)
{
    struct stat facts;
    if (__real_mkdir(path, 0700) < 0 && errno != EEXIST) {
        if (errno != EROFS || __real_lstat(path, &facts) < 0) {
            return false;
        }
    }
    if (__real_lstat(path, &facts) < 0) {
        return false;
    }
    if (!S_ISDIR(facts.st_mode) || facts.st_uid != geteuid() || facts.st_mode & (S_IRWXG | S_IRWXO)) {
        errno = EPERM; /* somebody else's, or open to somebody else */
        return false;
    }
    return true;
}

/* The candidates for the folder, best first, into `out`; false behind the last. */
static bool
candidate(int number, char *out)
{
    static const char *const shared[] = {"/tmp", "/var/tmp", "/dev/shm"};
    const char *base = NULL;
    if (number == 0 || number == 1) {
        base = getenv(number == 0 ? "XDG_CACHE_HOME" : "HOME");
        if (!base || *base != '/') {
            *out = '\0';
            return true;
        }
        if (snprintf(out, PATH_MAX, number == 0 ? "%s" : "%s/.cache", base) < PATH_MAX) {
            __real_mkdir(out, 0700);
        }
        if (snprintf(out, PATH_MAX, number == 0 ? "%s/" FOLDER : "%s/.cache/" FOLDER, base) >= PATH_MAX) {
            *out = '\0';
        }
        return true;
    }
    if (number == 2) {
        base = getenv("TMPDIR");
    }
    else if (number - 3 < (int)(sizeof shared / sizeof *shared)) {
        base = shared[number - 3];
    }
    else {
        return false;
    }
    if (!base || *base != '/' || snprintf(out, PATH_MAX, "%s/" FOLDER "-%u", base, (unsigned)geteuid()) >= PATH_MAX) {
        *out = '\0';
    }
    return true;
}

/* --- Copying --------------------------------------------------------------------------------------------------- */

/* Append "/name" to a path in a buffer of PATH_MAX; the old length, or -1 with errno. */
static ssize_t
append(char *path, const char *name)
{
    size_t length = strlen(path);
    if (length + strlen(name) + 2 > PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    path[length] = '/';
    strcpy(path + length + 1, name);
    return (ssize_t)length;
}

static bool
is_copied(const char *path, const struct bundle_file *file)
{
    struct stat facts;
    return __real_lstat(path, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_uid == geteuid()
           && (uint64_t)facts.st_size == file->size;
}

/* Copy a file into the folder `path`, to which its name is appended. It appears whole: whoever else does the same at this
   moment writes the same. */
static int
copy_file(char *path, const struct bundle_file *file)
{
    char temporary[PATH_MAX];
    if (snprintf(temporary, sizeof temporary, "%s/.%d", path, (int)getpid()) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (append(path, file->name) < 0) {
        return -1;
    }
    if (is_copied(path, file)) {
        return 0;
    }
    const unsigned char *data = bundle_map_contents(file);
    if (!data) {
        return -1;
    }
    __real_unlink(temporary); /* of a process of this number that was killed */
    int fd = __real_open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool done = fd >= 0 && bundle_write_all(fd, data, file->size)
                && __real_fchmod(fd, file->is_executable ? 0555 : 0444) == 0 && __real_rename(temporary, path) == 0;
    int error = errno;
    if (fd >= 0) {
        close(fd);
        if (!done) {
            __real_unlink(temporary);
        }
    }
    bundle_unmap_contents(file, data);
    errno = error;
    return done ? 0 : -1;
}

static int
copy_tree(char *path, const struct bundle_file *folder)
{
    if (append(path, folder->name) < 0 || (__real_mkdir(path, 0700) < 0 && errno != EEXIST)) {
        return -1;
    }
    size_t length = strlen(path);
    for (uint32_t i = 0; i < folder->entry_count; i++) {
        const struct bundle_file *entry = &bundle.files[folder->first_entry + i];
        bool is_readable = entry->is_folder || bundle_has_contents(entry);
        if (is_readable && (entry->is_folder ? copy_tree(path, entry) : copy_file(path, entry)) < 0) {
            return -1;
        }
        path[length] = '\0';
    }
    return 0;
}

/* Copy into one candidate for the folder; `path` becomes that of the copy. */
static int
copy_below(char *path, const struct bundle_file *file, bool is_program)
{
    struct statvfs system;
    if (is_program && __real_statvfs(path, &system) == 0 && system.f_flag & ST_NOEXEC) {
        errno = EACCES;
        return -1;
    }
    if (append(path, file->digest) < 0 || (__real_mkdir(path, 0700) < 0 && errno != EEXIST && errno != EROFS)) {
        return -1;
    }
    return file->is_folder ? copy_tree(path, file) : copy_file(path, file);
}

/* Copy into the first candidate that allows it; the copy's path goes to `out`. */
static int
copy(const struct bundle_file *file, bool is_program, char *out)
{
    int error = 0;
    for (int number = 0; candidate(number, out); number++) {
        if (!*out) {
            continue;
        }
        if (is_private_folder(out) && copy_below(out, file, is_program) == 0) {
            return 0;
        }
        error = error && error != ENOENT ? error : errno;
    }
    errno = error ? error : ENOENT;
    return -1;
}

/* --- Neighbours ------------------------------------------------------------------------------------------------ */

/* Does an interpreter run this file, judged by its name? It may read what lies beside it. */
static bool
is_script(const struct bundle_file *file)
{
    static const char *const endings[] = {".sh", ".js",  ".mjs", ".cjs", ".pl", ".rb",
                                          ".py", ".jar", ".lua", ".tcl", ".R",  ".php"};
    const char *ending = strrchr(file->name, '.');
    for (size_t i = 0; ending && i < sizeof endings / sizeof *endings; i++) {
        if (strcmp(ending, endings[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool
is_package(const char *folder)
{
    char path[PATH_MAX];
    return snprintf(path, sizeof path, "%s/__init__.py", folder) < (int)sizeof path && bundle_find_file(path);
}

/* The topmost folder above a file that is no package, or else the package that it lies in; NULL when that is the root. */
static const struct bundle_file *
data_folder(const struct bundle_file *file)
{
    char path[PATH_MAX];
    strcpy(path, file->path); /* the build has put it below the root */
    const struct bundle_file *found = NULL;
    for (;;) {
        *strrchr(path, '/') = '\0';
        if (strcmp(path, BUNDLE_ROOT) == 0 || (found && is_package(path))) {
            return found;
        }
        found = bundle_find_file(path);
        if (is_package(path)) {
            return found;
        }
    }
}

int
bundle_copy_outside(const char *path, bool with_neighbours, char *out)
{
    const struct bundle_file *file = bundle_find_file(path);
    if (!file) {
        return -1;
    }
    if (__real_getauxval(AT_SECURE) || (!file->is_folder && !bundle_has_contents(file))) {
        errno = ENOTSUP; /* no files for others with rights they do not have; a prelinked object or a module has none */
        return -1;
    }
    bool is_alone = file->is_folder || !(with_neighbours || file->is_executable || is_script(file));
    const struct bundle_file *folder = is_alone ? NULL : data_folder(file);
    if (!folder) {
        return copy(file, file->is_executable, out);
    }
    if (copy(folder, file->is_executable, out) < 0) {
        return -1;
    }
    return append(out, file->path + strlen(folder->path) + 1) < 0 ? -1 : 0;
}
