/* The dl* functions that libpython and objects call: they know objects, and pass on everything else to the C library's. */

#include "executable/executable.h"
#include "files/files.h"
#include "interposed.h"
#include "loader/errors.h"
#include "loader/loading.h"
#include "loader/memory_files.h"
#include "loader/objects.h"
#include "world/world.h"

#include <elf.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(struct bundle_link_map) == sizeof(struct link_map)
                   && offsetof(struct bundle_link_map, path) == offsetof(struct link_map, l_name)
                   && offsetof(struct bundle_link_map, dynamic) == offsetof(struct link_map, l_ld),
               "the table has other link maps than <link.h>");

/* What a name means that is not the system's: an object, or else a file; both NULL when it is. */
struct named {
    const struct bundle_object *object;
    const struct bundle_file *file;
};

static struct named
find_named(const char *name)
{
    struct named found = {NULL, NULL};
    if (bundle_is_ours(name)) {
        const struct bundle_file *file = bundle_find_file(name);
        if (file && !file->is_folder) {
            found.file = file;
            found.object = bundle_find(&bundle.object_index, bundle.objects, sizeof(struct bundle_object), file->path);
        }
    }
    else if (name && !strchr(name, '/')) {
        const struct bundle_soname *soname =
            bundle_find(&bundle.soname_index, bundle.sonames, sizeof(struct bundle_soname), name);
        if (soname && !soname->is_carried) {
            found.object = &bundle.objects[soname->index];
        }
        else if (soname) {
            found.file = bundle_find_file(bundle.carried[soname->index].path);
        }
    }
    return found;
}

/* The program itself, dlopen(NULL): a handle that means the same in each process, for modules keep it. */
static const char program;

enum { LONGEST_SYMBOL = 1024 };

static void *
own_handle(void *handle)
{
    return handle == &program ? __real_dlopen(NULL, RTLD_NOW) : handle;
}

void *
__wrap_dlopen(const char *name, int flags)
{
    if (!name) {
        bundle_dl_forget();
        return (void *)&program;
    }
    struct named found = find_named(name);
    bundle_dl_forget(); /* an error that nobody asked for is forgotten */
    if (!found.object && !found.file) {
        return __real_dlopen(name, flags);
    }
    void *handle = NULL;
    bundle_lock_loader();
    if (!found.object) {
        handle = bundle_load_file(found.file, flags);
    }
    else if (!(flags & RTLD_NOLOAD) || bundle_is_mapped((uint32_t)(found.object - bundle.objects))) {
        handle = bundle_load_object((uint32_t)(found.object - bundle.objects)) == 0 ? (void *)found.object : NULL;
    }
    bundle_unlock_loader();
    return handle;
}

/* A symbol of the program's, or of any library's: while recording, what a program asks of the machine is answered, and whoever
   keeps another address is found, for a start looks it up again. */
static void *
noted_symbol(void *handle, const char *name, void *found)
{
    if (!bundle_is_recording() || !found || (handle != &program && handle != RTLD_DEFAULT)) {
        return found;
    }
    void *answering = bundle_answering_function(name);
    char text[LONGEST_SYMBOL + 32];
    snprintf(text, sizeof text, "%.*s %lx", LONGEST_SYMBOL, name, (unsigned long)found);
    if (!answering) {
        bundle_note("symbol", text);
    }
    bundle_wipe_stack();
    return answering ? answering : found;
}

void *
__wrap_dlsym(void *handle, const char *name)
{
    const struct bundle_object *object = bundle_object_of(handle);
    if (!object && handle == RTLD_DEFAULT) {
        /* After the global scope, that of the caller. */
        object = bundle_object_at(__builtin_return_address(0));
    }
    if (!object) {
        return noted_symbol(handle, name, __real_dlsym(own_handle(handle), name));
    }
    void *found = handle == RTLD_DEFAULT ? noted_symbol(handle, name, __real_dlsym(handle, name)) : NULL;
    found = found ? found : bundle_symbol_below(object, name);
    if (!found) {
        bundle_dl_fail("%s: undefined symbol: %s", object->path, name);
    }
    return found;
}

void *
__wrap_dlvsym(void *handle, const char *name, const char *version)
{
    return bundle_object_of(handle) ? __wrap_dlsym(handle, name) : __real_dlvsym(own_handle(handle), name, version);
}

int
__wrap_dlclose(void *handle)
{
    return bundle_object_of(handle) || handle == &program ? 0 : __real_dlclose(handle);
}

char *
__wrap_dlerror(void)
{
    if (bundle_dl_failed()) {
        bundle_dl_forget();
        __real_dlerror(); /* that of an attempt of ours */
        return bundle_dl_error();
    }
    return __real_dlerror();
}

int
__wrap_dladdr(const void *address, Dl_info *info)
{
    const struct bundle_object *object = bundle_object_at(address);
    if (!object) {
        int found = __real_dladdr(address, info);
        const char *path = found && info->dli_fname ? bundle_carried_path(info->dli_fname) : NULL;
        if (path) {
            info->dli_fname = path;
        }
        return found;
    }
    *info = (Dl_info){.dli_fname = object->path, .dli_fbase = (void *)object->base};
    const ElfW(Sym) *symbols = (const void *)object->symbols;
    for (uint32_t i = 1; i < object->symbol_count; i++) {
        const char *value = (const char *)object->base + symbols[i].st_value;
        bool is_inside =
            value == address || (value < (const char *)address && value + symbols[i].st_size > (const char *)address);
        bool has_address = bundle_is_exported(&symbols[i]) && ELF64_ST_TYPE(symbols[i].st_info) != STT_TLS;
        if (has_address && is_inside && value > (const char *)info->dli_saddr) {
            info->dli_saddr = (void *)value;
            info->dli_sname = (const char *)object->strings + symbols[i].st_name;
        }
    }
    return 1;
}

int
__wrap_dladdr1(const void *address, Dl_info *info, void **extra, int flags)
{
    const struct bundle_object *object = bundle_object_at(address);
    if (!object || (flags != RTLD_DL_SYMENT && flags != RTLD_DL_LINKMAP)) {
        return __real_dladdr1(address, info, extra, flags);
    }
    *extra = flags == RTLD_DL_LINKMAP ? (struct link_map *)&object->link_map : NULL;
    return __wrap_dladdr(address, info);
}

int
__wrap_dlinfo(void *handle, int request, void *out)
{
    const struct bundle_object *object = bundle_object_of(handle);
    if (!object) {
        return __real_dlinfo(own_handle(handle), request, out);
    }
    switch (request) {
    case RTLD_DI_LMID:
        *(Lmid_t *)out = LM_ID_BASE;
        return 0;
    case RTLD_DI_LINKMAP:
        *(struct link_map **)out = (struct link_map *)&object->link_map;
        return 0;
    case RTLD_DI_ORIGIN:
        strcpy(out, object->path);
        *strrchr(out, '/') = '\0';
        return 0;
    default:
        bundle_dl_fail("%s: %s", object->path, "is part of the executable");
        return -1;
    }
}
