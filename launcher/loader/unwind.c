/* C++ exceptions and Rust panics that pass through objects.

   An unwinder (libgcc_s, or one that an object has of its own) asks the C library which loaded object a return address
   lies in: by `_dl_find_object` (glibc 2.35 and later) or `dl_iterate_phdr`. The C library does not know prelinked
   objects. Registering them with the unwinder would make every throw search a list; instead the two questions are
   answered here. Prelinked objects, most often libgcc_s among them, are bound to these functions. Where libgcc_s is the
   system's, the words through which it calls them are overwritten. */

#include "loader/unwind.h"

#include "interposed.h"
#include "lifetime.h"
#include "loader/objects.h"
#include "loader/redirect.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* struct dl_find_object of <dlfcn.h>, for processors whose tables of frames are relative to nothing (DLFO_STRUCT_HAS_EH_DBASE is
   0); declared here because older C libraries have no such header. */
struct found_object {
    unsigned long long flags;
    void *map_start;
    void *map_end;
    struct link_map *link_map;
    void *eh_frame; /* PT_GNU_EH_FRAME */
    unsigned long long reserved[7];
};

typedef int (*find_object_function)(void *address, struct found_object *result);

/* There where the C library is part of the executable, and new enough. */
#pragma weak __real__dl_find_object

/* The C library's own; NULL while it was not asked for, and where there is none. */
PER_PROCESS static find_object_function system_find_object;
PER_PROCESS static bool was_asked;

static find_object_function
known_find_object(void)
{
    if (!was_asked) {
        system_find_object = __real__dl_find_object
                                 ? __real__dl_find_object
                                 : (find_object_function)__real_dlsym(RTLD_DEFAULT, "_dl_find_object");
        was_asked = true;
    }
    return system_find_object;
}

struct search {
    uintptr_t address;
    struct found_object *result;
};

/* Ends the search with 1 at the object that an address lies in, and with -1 where that has no table of frames. */
static int
holds(struct dl_phdr_info *info, size_t size, void *context)
{
    const struct search *search = context;
    const ElfW(Phdr) *frames = NULL;
    uintptr_t start = UINTPTR_MAX, end = 0;
    bool is_inside = false;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t first = info->dlpi_addr + header->p_vaddr;
        if (header->p_type == PT_LOAD) {
            is_inside = is_inside || search->address - first < header->p_memsz;
            start = first < start ? first : start;
            end = first + header->p_memsz > end ? first + header->p_memsz : end;
        }
        frames = header->p_type == PT_GNU_EH_FRAME ? header : frames;
    }
    if (!is_inside) {
        return 0;
    }
    if (frames) {
        *search->result = (struct found_object){
            .map_start = (void *)start,
            .map_end = (void *)end,
            .eh_frame = (void *)(info->dlpi_addr + frames->p_vaddr),
        };
    }
    return frames ? 1 : -1;
}

/* An object of the C library, which may be too old for the question. */
static int
find_system_object(void *address, struct found_object *result)
{
    find_object_function own = known_find_object();
    if (own) {
        return own(address, result);
    }
    struct search search = {(uintptr_t)address, result};
    return __real_dl_iterate_phdr(holds, &search) == 1 ? 0 : -1;
}

int
__wrap__dl_find_object(void *address, struct found_object *result)
{
    const struct bundle_object *object = bundle_object_at(address);
    if (!object) {
        return find_system_object(address, result);
    }
    const ElfW(Phdr) *headers = (const void *)object->headers;
    for (uint32_t i = 0; i < object->header_count; i++) {
        if (headers[i].p_type == PT_GNU_EH_FRAME) {
            *result = (struct found_object){
                .map_start = (void *)object->base,
                .map_end = (void *)object->end,
                .eh_frame = (void *)(object->base + headers[i].p_vaddr),
            };
            return 0;
        }
    }
    return -1;
}

int
__wrap_dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data)
{
    int result = __real_dl_iterate_phdr(callback, data);
    for (uint32_t i = 0; !result && i < bundle.object_index.count; i++) {
        const struct bundle_object *object = &bundle.objects[i];
        if (!bundle_is_mapped(i)) {
            continue;
        }
        struct dl_phdr_info info = {
            .dlpi_addr = object->base,
            .dlpi_name = object->path,
            .dlpi_phdr = (const void *)object->headers,
            .dlpi_phnum = (ElfW(Half))object->header_count,
        };
        result = callback(&info, sizeof info, data);
    }
    return result;
}

static void *
redirected(const char *name)
{
    if (known_find_object() && strcmp(name, "_dl_find_object") == 0) {
        return (void *)__wrap__dl_find_object;
    }
    return strcmp(name, "dl_iterate_phdr") == 0 ? (void *)__wrap_dl_iterate_phdr : NULL;
}

void
bundle_bind_unwinder(void)
{
    PER_PROCESS static bool done;
    void *unwinder = done ? NULL : __real_dlopen(UNWINDER, RTLD_NOW | RTLD_NOLOAD);
    struct link_map *object;
    if (!unwinder || __real_dlinfo(unwinder, RTLD_DI_LINKMAP, &object) != 0) {
        return;
    }
    done = true;
    bundle_redirect(object, redirected);
}
