/* Libraries that prelinked objects need, not prelinked themselves.

   A library of the system may need one that the binary brings as a prelinked object, of which the dynamic linker knows
   nothing: it takes the system's copy. Two copies of libxcb with the connections of one do not go together, so the
   library's calls are sent to the object. */

#include "loader/system_libraries.h"

#include "executable/executable.h"
#include "interposed.h"
#include "lifetime.h"
#include "loader/errors.h"
#include "loader/memory_files.h"
#include "loader/objects.h"
#include "loader/redirect.h"
#include "loader/unwind.h"
#include "world/world.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

void *
bundle_open_system_library(const char *soname, int flags)
{
    const struct bundle_file *file = bundle_carried_file(soname);
    return file ? bundle_load_file(file, flags & ~RTLD_GLOBAL) : bundle_open_library(soname, flags);
}

/* The last object in the dynamic linker's list; NULL when it does not tell. */
static const struct link_map *
last_loaded(void)
{
    void *program = bundle_open_library(NULL, RTLD_NOW);
    struct link_map *object = NULL;
    if (!program || __real_dlinfo(program, RTLD_DI_LINKMAP, &object) != 0) {
        return NULL;
    }
    while (object->l_next) {
        object = object->l_next;
    }
    return object;
}

int
bundle_open_system_libraries(const uint32_t *tree, uint32_t count, const struct link_map **last)
{
    *last = NULL;
    for (uint32_t i = 0; i < count; i++) {
        const char *const *library = bundle.objects[tree[i]].system_libraries;
        if (!library || bundle_object_states[tree[i]] != UNLOADED) {
            continue;
        }
        *last = *last ? *last : last_loaded();
        for (; *library; library++) {
            /* Global: patches of several objects look for its symbols. */
            if (bundle_open_system_library(*library, RTLD_NOW | RTLD_GLOBAL)) {
                continue;
            }
            if (!bundle_dl_failed()) {
                bundle_dl_fail("%s%s", __real_dlerror(), ""); /* in its own words: programs show them */
            }
            return -1;
        }
        bundle_bind_unwinder(); /* may have come with them */
    }
    return 0;
}

/* The mapped object of this soname; NULL when there is none, or when it is part of the C++ run-time, of which each library
   has to have the one that it was made for. */
static const struct bundle_object *
mapped_object(const char *soname)
{
    if (strncmp(soname, "libstdc++.", 10) == 0 || strncmp(soname, "libgcc_s.", 9) == 0) {
        return NULL;
    }
    const struct bundle_soname *found =
        bundle_find(&bundle.soname_index, bundle.sonames, sizeof(struct bundle_soname), soname);
    return found && !found->is_carried && bundle_is_mapped(found->index) ? &bundle.objects[found->index] : NULL;
}

/* The next prelinked object that a library needs (DT_NEEDED), from an entry of its dynamic section on, which moves behind
   it; NULL when there is none. */
static const struct bundle_object *
next_needed(const struct link_map *library, const ElfW(Dyn) **entry)
{
    const char *strings = NULL;
    for (const ElfW(Dyn) *each = library->l_ld; each->d_tag != DT_NULL; each++) {
        strings = each->d_tag == DT_STRTAB ? (const char *)each->d_un.d_ptr : strings;
    }
    const struct bundle_object *found = NULL;
    for (; !found && strings && (*entry)->d_tag != DT_NULL; ++*entry) {
        found = (*entry)->d_tag == DT_NEEDED ? mapped_object(strings + (*entry)->d_un.d_val) : NULL;
    }
    return found;
}

/* The library whose calls are being sent to prelinked objects. */
PER_PROCESS static const struct link_map *joining;

/* What it is to call under a name: a symbol of an object that it needs, or NULL. */
static void *
symbol_of_needed(const char *name)
{
    void *found = NULL;
    const struct bundle_object *object;
    const ElfW(Dyn) *entry = joining->l_ld;
    while (!found && (object = next_needed(joining, &entry))) {
        found = bundle_object_symbol(object, name);
    }
    return found;
}

void
bundle_join_system_libraries(const struct link_map *last)
{
    for (joining = last ? last->l_next : NULL; joining; joining = joining->l_next) {
        const ElfW(Dyn) *entry = joining->l_ld;
        if (next_needed(joining, &entry)) {
            bundle_redirect(joining, symbol_of_needed);
        }
    }
}
