/* Binds objects to what only the running system knows; all else was bound when the binary was linked (bundler/link/bind.py). */

#include "loader/binding.h"

#include "interposed.h"
#include "loader/errors.h"
#include "loader/objects.h"
#include "loader/system_libraries.h"
#include "world/world.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static int
fail(const char *format, const char *what, const char *why)
{
    bundle_dl_fail(format, what, why);
    return -1;
}

void *
bundle_system_symbol(const struct bundle_patch *patch)
{
    if (patch->library) {
        void *library = bundle_open_system_library(patch->library, RTLD_NOW | RTLD_NOLOAD);
        void *found = library && patch->version ? __real_dlvsym(library, patch->symbol, patch->version) : NULL;
        return found || !library ? found : __real_dlsym(library, patch->symbol);
    }
    return patch->version ? __real_dlvsym(RTLD_DEFAULT, patch->symbol, patch->version)
                          : __real_dlsym(RTLD_DEFAULT, patch->symbol);
}

int
bundle_find_system_thread_local(const struct bundle_object *object, const struct bundle_patch *patch, size_t *module,
                                uint64_t *offset)
{
    void *library = bundle_open_system_library(patch->library, RTLD_NOW | RTLD_NOLOAD);
    void *address = library ? __real_dlvsym(library, patch->symbol, patch->version ? patch->version : "") : NULL;
    if (library && !address) {
        address = __real_dlsym(library, patch->symbol);
    }
    void *block = NULL;
    if (!address || __real_dlinfo(library, RTLD_DI_TLS_MODID, module) != 0
        || __real_dlinfo(library, RTLD_DI_TLS_DATA, &block) != 0 || !block) {
        return fail("%s: undefined thread-local symbol: %s", object->path, patch->symbol);
    }
    *offset = (uint64_t)address - (uint64_t)block; /* both are this thread's */
    return 0;
}

static int
apply_thread_local_patch(const struct bundle_object *object, const struct bundle_patch *patch)
{
    size_t module;
    uint64_t offset;
    if (bundle_find_system_thread_local(object, patch, &module, &offset) < 0) {
        return -1;
    }
    *patch->place = patch->kind == BUNDLE_PATCH_TLS_MODULE ? module : offset + patch->addend;
    return 0;
}

/* In the words of the dynamic linker: the system's C library may be older than what the object was made for. */
static int
fail_undefined(const struct bundle_object *object, const struct bundle_patch *patch)
{
    if (!patch->version) {
        return fail("%s: undefined symbol: %s", object->path, patch->symbol);
    }
    char symbol[strlen(patch->symbol) + strlen(patch->version) + sizeof ", version "];
    snprintf(symbol, sizeof symbol, "%s, version %s", patch->symbol, patch->version);
    return fail("%s: undefined symbol: %s", object->path, symbol);
}

void
bundle_call_resolver(const struct bundle_patch *patch)
{
    *patch->place = bundle_resolve(patch->addend);
}

/* While recording, what an object sees as the variable by which code goes through the environment (environ(7): it has three names); else
   NULL. The interpreter's own library is resident. */
static void *
shown_to(const struct bundle_object *object, const struct bundle_patch *patch)
{
    bool is_environment = strcmp(patch->symbol + strspn(patch->symbol, "_"), "environ") == 0;
    return bundle_is_recording() && object->segment_count && is_environment ? bundle_shown_variables() : NULL;
}

int
bundle_bind_object(const struct bundle_object *object, const struct bundle_object *root)
{
    for (uint32_t i = 0; i < object->patch_count; i++) {
        const struct bundle_patch *patch = &object->patches[i];
        if (patch->kind == BUNDLE_PATCH_RESOLVER) {
            bundle_call_resolver(patch);
            continue;
        }
        if (patch->kind == BUNDLE_PATCH_UNIQUE) {
            uint64_t *address = &bundle_unique_addresses[patch->unique];
            *address = *address ? *address : patch->address;
            *patch->place = *address + patch->addend;
            continue;
        }
        if (patch->kind != BUNDLE_PATCH_SYMBOL) {
            if (apply_thread_local_patch(object, patch) < 0) {
                return -1;
            }
            continue;
        }
        void *shown = shown_to(object, patch);
        void *found = shown ? shown : bundle_system_symbol(patch);
        if (!found) { /* it depends on who needs the library */
            found = bundle_symbol_below(root, patch->symbol);
        }
        if (!found && !patch->is_weak) {
            return fail_undefined(object, patch);
        }
        *patch->place = found ? (uint64_t)found + patch->addend : 0;
    }
    if (object->relro_size && mprotect((void *)object->relro, object->relro_size, PROT_READ) < 0) {
        return fail("%s: cannot be protected: %s", object->path, strerror(errno));
    }
    return 0;
}
