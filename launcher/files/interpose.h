/* How file calls of libpython and of objects are interposed.

   The linker sends those calls to the __wrap_ functions of libc_*.c (--wrap; objects are bound to them directly). A path
   under the root is served from the tables; every other path goes on to the C library untouched. */

#ifndef FILES_INTERPOSE_H
#define FILES_INTERPOSE_H

#include "files/files.h"
#include "files/paths.h"
#include "files/vfs.h"
#include "interposed.h"
#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>

/* While a program is recorded for a snapshot, nothing exists outside of the root: no build machine is like another. The
   question is noted. */
static inline bool
is_outside(const char *path)
{
    if (!bundle_is_recording()) {
        return false;
    }
    bundle_note("path", path);
    errno = ENOENT;
    return true;
}

/* Changes are noted, and seem to be made: the module that makes one is in no snapshot. */
static inline bool
is_changed(const char *path)
{
    if (bundle_is_recording()) {
        bundle_note("path-change", path);
    }
    return bundle_is_recording();
}

/* What calls of this type give when they fail. */
#define FAILURE(type) _Generic((type)0, FILE *: NULL, DIR *: NULL, char *: NULL, default: -1)

/* WRAP(type, name, parameters, arguments, condition, ours): `ours` where `condition` holds, else the C library's. */
#define WRAP(type, name, parameters, arguments, condition, ours) \
    type __wrap_##name parameters \
    { \
        return (condition) ? (ours) : __real_##name arguments; \
    }

/* WRAP_PATH(type, name, parameters, arguments, ours): `ours` for a `path` of ours. */
#define WRAP_PATH(type, name, parameters, arguments, ours) \
    type __wrap_##name parameters \
    { \
        if (bundle_is_ours(path)) { \
            return ours; \
        } \
        return is_outside(path) ? FAILURE(type) : __real_##name arguments; \
    }

/* WRAP_AT(type, name, parameters, arguments, ours): the same for a `path` that may be relative to a `folder`. */
#define WRAP_AT(type, name, parameters, arguments, ours) \
    type __wrap_##name parameters \
    { \
        char room[PATH_MAX]; \
        const char *inner = vfs_path_at(folder, path, room); \
        if (!inner) { \
            return is_outside(path) ? FAILURE(type) : __real_##name arguments; \
        } \
        path = inner; \
        return ours; \
    }

/* The same for calls that change something; they give 0. */
#define WRAP_CHANGE(type, name, parameters, arguments, ours) \
    type __wrap_##name parameters \
    { \
        if (bundle_is_ours(path)) { \
            return ours; \
        } \
        return is_changed(path) ? 0 : __real_##name arguments; \
    }

#define WRAP_CHANGE_AT(type, name, parameters, arguments, ours) \
    type __wrap_##name parameters \
    { \
        char room[PATH_MAX]; \
        const char *inner = vfs_path_at(folder, path, room); \
        if (!inner) { \
            return is_changed(path) ? 0 : __real_##name arguments; \
        } \
        path = inner; \
        return ours; \
    }

/* The same for calls with which C libraries look for files of the system's: those that it lacks, the binary may have. */
#define WRAP_LOOKING(type, name, parameters, arguments, failure, ours) \
    type __wrap_##name parameters \
    { \
        if (bundle_is_ours(path)) { \
            return ours; \
        } \
        type result = is_outside(path) ? FAILURE(type) : __real_##name arguments; \
        const char *other = result == failure && errno == ENOENT ? vfs_spare(path) : NULL; \
        if (!other) { \
            return result; \
        } \
        path = other; \
        return ours; \
    }

/* Whether a standard stream is a file or a pipe, and where it stands, is as much a question as whether it is a terminal. */
static inline void
note_stream(int fd)
{
    if (fd >= 0 && fd <= 2 && bundle_is_recording()) {
        char detail[2] = {(char)('0' + fd), 0};
        bundle_note("terminal", detail);
    }
}

#endif
