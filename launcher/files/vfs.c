/* The virtual file system: opening files and folders of the binary, and asking for their facts. */

#include "files/vfs.h"

#include "files/changes.h"
#include "files/files.h"
#include "files/unwritten.h"
#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* --- Questions ------------------------------------------------------------------------------------------------ */

/* Has the binary this catalogue of translations (FOLDER/LANGUAGE/LC_MESSAGES/NAME.mo) in any language? `part`: "/LC_MESSAGES/NAME.mo". */
static bool
is_translated(const char *path, const char *part)
{
    char folder[PATH_MAX];
    const char *language = part;
    while (language > path && language[-1] != '/') {
        language--;
    }
    snprintf(folder, sizeof folder, "%.*s", (int)(language - path), path);
    const struct bundle_file *found = bundle_find_file(folder);
    for (uint32_t i = 0; found && i < found->entry_count; i++) {
        char other[PATH_MAX];
        snprintf(other, sizeof other, "%s%s", bundle.files[found->first_entry + i].path, part);
        if (bundle_find_file(other)) {
            return true;
        }
    }
    return false;
}

/* All of the binary is the same everywhere, but in which language a catalogue is looked for follows from the user's variables. */
static void
note_catalogue(const char *path)
{
    const char *part = bundle_is_recording() ? strstr(path, "/LC_MESSAGES/") : NULL;
    if (part && is_translated(path, part)) {
        bundle_note("catalogue", part + strlen("/LC_MESSAGES/"));
    }
}

/* --- Opening -------------------------------------------------------------------------------------------------- */

static int
open_file(const struct bundle_file *file, int flags)
{
    if (flags & O_CREAT && flags & O_EXCL) {
        errno = EEXIST;
    }
    else if (file->is_folder && (flags & O_ACCMODE) != O_RDONLY) {
        errno = (flags & __O_TMPFILE) ? EROFS : EISDIR;
    }
    else if (flags & O_DIRECTORY && !file->is_folder) {
        errno = ENOTDIR;
    }
    else if ((flags & O_ACCMODE) != O_RDONLY || flags & O_TRUNC) {
        errno = file->is_folder ? EISDIR : EROFS;
    }
    else if (file->is_listed_only) {
        errno = ENOENT;
    }
    else if (!file->is_folder && !bundle_has_contents(file)) {
        errno = ENOTSUP;
    }
    else {
        return bundle_open_descriptor(file, flags);
    }
    return -1;
}

int
vfs_open(const char *path, int flags)
{
    note_catalogue(path);
    const struct bundle_file *file = bundle_find_file(path);
    if (!file && errno == ENOENT && flags & O_CREAT) {
        return vfs_refuse_new(path);
    }
    return file ? open_file(file, flags) : -1;
}

void
vfs_describe(struct stat *facts)
{
    const struct bundle_file *file = bundle_described_file(facts);
    if (file) {
        *facts = bundle_file_facts(file);
    }
}

const char *
vfs_path_at(int folder, const char *path, char *room)
{
    if (bundle_is_ours(path)) {
        return path;
    }
    bool may_be = bundle_has_folder_descriptors && folder != AT_FDCWD && path && path[0] != '/';
    const struct bundle_file *file = may_be ? vfs_described_by(folder) : NULL;
    if (!file) {
        return NULL;
    }
    snprintf(room, PATH_MAX, "%s/%s", file->path, path); /* no file of ours has a path that is too long for it */
    return room;
}

/* The flags of open() for a mode of fopen(), as _IO_new_file_fopen reads it (libio/fileops.c of glibc 2.36): a letter, then up to
   six more. -1 for another mode. */
static int
flags_of(const char *mode)
{
    int flags;
    switch (mode[0]) {
    case 'r':
        flags = O_RDONLY;
        break;
    case 'w':
        flags = O_WRONLY | O_CREAT | O_TRUNC;
        break;
    case 'a':
        flags = O_WRONLY | O_CREAT | O_APPEND;
        break;
    default:
        errno = EINVAL;
        return -1;
    }
    for (const char *letter = mode + 1; letter <= mode + 6 && *letter; letter++) {
        flags = *letter == '+' ? (flags & ~O_ACCMODE) | O_RDWR : flags;
        flags |= *letter == 'x' ? O_EXCL : *letter == 'e' ? O_CLOEXEC : 0;
    }
    return flags;
}

FILE *
vfs_fopen(const char *path, const char *mode)
{
    int flags = flags_of(mode);
    int fd = flags < 0 ? -1 : vfs_open(path, flags); /* fails where it would write */
    const struct bundle_file *unwritten = fd < 0 ? NULL : unwritten_file(fd);
    FILE *stream = fd < 0 ? NULL : unwritten ? unwritten_fdopen(unwritten, fd, mode) : fdopen(fd, mode);
    if (!stream && fd >= 0) {
        close(fd);
    }
    return stream;
}

/* --- Facts --------------------------------------------------------------------------------------------------- */

int
vfs_stat(const char *path, struct stat *out)
{
    note_catalogue(path);
    const struct bundle_file *file = bundle_find_file(path);
    if (!file) {
        return -1;
    }
    *out = bundle_file_facts(file);
    return 0;
}

int
vfs_statvfs(const char *path, struct statvfs *out)
{
    if (!bundle_find_file(path)) {
        return -1;
    }
    *out = (struct statvfs){
        .f_bsize = 4096,
        .f_frsize = 4096,
        .f_files = bundle.file_index.count,
        .f_flag = ST_RDONLY | ST_NOSUID | ST_NODEV,
        .f_namemax = NAME_MAX,
    };
    for (uint32_t i = 0; i < bundle.file_index.count; i++) {
        out->f_blocks += (bundle.files[i].size + 4095) / 4096;
    }
    return 0;
}

int
vfs_access(const char *path, int mode)
{
    note_catalogue(path);
    const struct bundle_file *file = bundle_find_file(path);
    if (!file) {
        return -1;
    }
    if (mode & W_OK) {
        errno = EROFS;
        return -1;
    }
    if (mode & X_OK && !file->is_folder && !file->is_executable) {
        errno = EACCES;
        return -1;
    }
    return 0;
}

ssize_t
vfs_readlink(const char *path)
{
    if (bundle_find_file(path)) {
        errno = EINVAL; /* not a link */
    }
    return -1;
}
