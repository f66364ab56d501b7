/* Paths below the root, and what is at them. */

#include "files/paths.h"

#include "executable/executable.h"
#include "files/files.h"
#include "lifetime.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOT_LENGTH (sizeof BUNDLE_ROOT - 1)

bool
bundle_is_ours(const char *path)
{
    if (!path || path[0] != '/') {
        return false;
    }
    while (path[1] == '/') { /* "//x" is "/x" */
        path++;
    }
    return strncmp(path, BUNDLE_ROOT, ROOT_LENGTH) == 0 && (path[ROOT_LENGTH] == '/' || path[ROOT_LENGTH] == '\0');
}

/* What is at a path without empty parts, "." and ".."; NULL with errno. */
static const struct bundle_file *
find_normal(const char *path)
{
    const struct bundle_file *file = bundle_find(&bundle.file_index, bundle.files, sizeof(struct bundle_file), path);
    if (!file) {
        errno = ENOENT;
    }
    return file;
}

/* Remove empty parts, "." and ".." from an absolute path; nothing under the root is a link. As for the kernel, what
   stands before a slash must be a folder, also if ".." comes next. */
static int
normalize(const char *path, char *out, size_t size)
{
    size_t length = 0;
    for (const char *part = path; *part;) {
        part += strspn(part, "/");
        out[length] = '\0';
        if (length && bundle_is_ours(out)) {
            const struct bundle_file *above = find_normal(out);
            if (!above || !above->is_folder) {
                errno = above ? ENOTDIR : ENOENT;
                return -1;
            }
        }
        size_t part_length = strcspn(part, "/");
        if (part_length == 2 && memcmp(part, "..", 2) == 0) {
            while (length && out[--length] != '/') {
            }
        }
        else if (part_length && !(part_length == 1 && *part == '.')) {
            if (length + 1 + part_length >= size) {
                errno = ENAMETOOLONG;
                return -1;
            }
            out[length++] = '/';
            memcpy(out + length, part, part_length);
            length += part_length;
        }
        part += part_length;
    }
    out[length] = '\0';
    return 0;
}

const struct bundle_file *
bundle_find_file(const char *path)
{
    char normal[PATH_MAX];
    return normalize(path, normal, sizeof normal) < 0 ? NULL : find_normal(normal);
}

const char *
vfs_spare(const char *path)
{
    PER_PROGRAM static int has_any; /* 0: not known yet */
    int error = errno;
    const struct bundle_file *file = NULL;
    if (!has_any) {
        has_any = find_normal(BUNDLE_SPARE) ? 1 : -1;
    }
    char place[PATH_MAX];
    if (has_any > 0 && path[0] == '/'
        && snprintf(place, sizeof place, "%s%s", BUNDLE_SPARE, path) < (int)sizeof place) {
        file = bundle_find_file(place);
    }
    errno = error;
    return file ? file->path : NULL;
}

char *
vfs_realpath(const char *path, char *resolved)
{
    if (!bundle_find_file(path)) {
        return NULL;
    }
    char *out = resolved ? resolved : malloc(PATH_MAX);
    if (out && normalize(path, out, PATH_MAX) < 0) {
        if (!resolved) {
            free(out);
        }
        return NULL;
    }
    return out;
}
