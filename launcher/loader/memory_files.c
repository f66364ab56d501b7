/* Shared objects that could not be prelinked, and others that are files of the binary: loaded by the C library's dynamic
   linker from a memory file.

   It finds the interpreter's functions in the executable, and what the object needs among the objects that were loaded
   before, by their sonames. The functions that the launcher interposes are put in place afterwards. */

#include "loader/memory_files.h"

#include "executable/executable.h"
#include "files/files.h"
#include "interposed.h"
#include "lifetime.h"
#include "loader/errors.h"
#include "loader/redirect.h"
#include "world/world.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct loaded {
    const struct bundle_file *file;
    void *handle;
    struct loaded *next;
    char name[]; /* what the dynamic linker calls it */
};

PER_PROCESS static struct loaded *all_loaded; /* with handles of the C library */

static struct loaded *
find_loaded(const struct bundle_file *file)
{
    struct loaded *loaded = all_loaded;
    while (loaded && loaded->file != file) {
        loaded = loaded->next;
    }
    return loaded;
}

const struct bundle_file *
bundle_carried_file(const char *soname)
{
    const struct bundle_soname *found =
        bundle_find(&bundle.soname_index, bundle.sonames, sizeof(struct bundle_soname), soname);
    return found && found->is_carried ? bundle_find_file(bundle.carried[found->index].path) : NULL;
}

bool
bundle_any_carried_loaded(void)
{
    return all_loaded != NULL;
}

const char *
bundle_carried_path(const char *name)
{
    for (const struct loaded *loaded = all_loaded; loaded; loaded = loaded->next) {
        if (strcmp(loaded->name, name) == 0) {
            return loaded->file->path;
        }
    }
    return NULL;
}

/* What the object is to call in place of a function of the C library; NULL: that function itself. */
static void *
interposed(const char *name)
{
    const struct bundle_interposed *found =
        bundle_find(&bundle.interposed_index, bundle.interposed, sizeof(struct bundle_interposed), name);
    return found ? found->function : NULL;
}

/* The dynamic linker takes an object for one that is loaded already when it has the same name, also if that was the name
   of a descriptor which is closed by now. So every name is spelled in another way: with more slashes. */
static struct loaded *
make_entry(const struct bundle_file *file, int fd)
{
    static const char folder[] = "/proc/self/fd";
    PER_PROCESS static int slashes;
    slashes++;
    size_t size = sizeof folder + (size_t)slashes + 3 * sizeof fd;
    struct loaded *loaded = malloc(sizeof *loaded + size);
    if (loaded) {
        *loaded = (struct loaded){.file = file};
        char *end = stpcpy(loaded->name, folder);
        memset(end, '/', (size_t)slashes);
        sprintf(end + slashes, "%d", fd);
    }
    return loaded;
}

/* Pass on the dynamic linker's error, with the object's path in place of the name that means nothing to anybody. */
static void
tell_failure(const struct loaded *loaded)
{
    const char *error = __real_dlerror();
    size_t length = strlen(loaded->name);
    if (error && strncmp(error, loaded->name, length) == 0) {
        bundle_dl_fail("%s%s", loaded->file->path, error + length);
    }
    else {
        bundle_dl_fail("%s%s", error ? error : "unknown error", "");
    }
}

static void *
load_from_memory(const struct bundle_file *file, int flags)
{
    int fd = bundle_open_contents(file);
    if (fd < 0) {
        return bundle_dl_fail(
            "%s: cannot be loaded, for the system takes no copy of it, neither in memory (memfd_create) nor"
            " in a temporary folder: %s",
            file->path, strerror(errno));
    }
    struct loaded *loaded = make_entry(file, fd);
    void *handle = loaded ? bundle_open_library(loaded->name, flags) : NULL;
    if (!loaded) {
        bundle_dl_fail("%s: %s", file->path, strerror(ENOMEM));
    }
    else if (!handle && access("/proc/self/fd", F_OK) < 0) {
        bundle_dl_fail("%s: cannot be loaded: %s", file->path, "/proc is not mounted");
    }
    else if (!handle) {
        tell_failure(loaded);
    }
    close(fd);
    if (!handle) {
        free(loaded);
        return NULL;
    }
    struct link_map *object;
    if (__real_dlinfo(handle, RTLD_DI_LINKMAP, &object) == 0) {
        bundle_redirect(object, interposed);
    }
    loaded->handle = handle;
    loaded->next = all_loaded;
    all_loaded = loaded;
    return handle;
}

void *
bundle_load_file(const struct bundle_file *file, int flags)
{
    const struct loaded *loaded = find_loaded(file);
    if (loaded) {
        return bundle_open_library(loaded->name, flags); /* counts, and makes it global if asked to */
    }
    if (flags & RTLD_NOLOAD) {
        return NULL;
    }
    const struct bundle_carried *carried =
        bundle_find(&bundle.carried_index, bundle.carried, sizeof(struct bundle_carried), file->path);
    for (uint64_t i = 0; carried && i < carried->needed_count; i++) {
        const struct bundle_file *needed = bundle_find_file(bundle.carried[carried->needed[i]].path);
        if (!bundle_load_file(needed, flags & ~RTLD_GLOBAL)) {
            return NULL;
        }
    }
    return load_from_memory(file, flags);
}
