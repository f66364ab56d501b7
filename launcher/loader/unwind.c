/* C++ exceptions and Rust panics that pass through objects.

   The unwinder (libgcc_s) is the system's, and asks the C library which loaded object a return address lies in. The C
   library does not know objects. Registering them with the unwinder would make every throw search a list; instead its
   two questions, `_dl_find_object` (glibc 2.35 and later) and `dl_iterate_phdr`, are answered here: the words through
   which libgcc_s calls them are overwritten. */

#include "loader/unwind.h"

#include "interposed.h"
#include "lifetime.h"
#include "loader/objects.h"
#include "loader/redirect.h"

#include <elf.h>
#include <string.h>

#define UNWINDER "libgcc_s.so.1"

/* struct dl_find_object of <dlfcn.h> on x86-64; declared here because older C libraries have no such header. */
struct found_object {
    unsigned long long flags;
    void *map_start;
    void *map_end;
    struct link_map *link_map;
    void *eh_frame; /* PT_GNU_EH_FRAME */
    unsigned long long reserved[7];
};

typedef int (*find_object_function)(void *address, struct found_object *result);

PER_PROCESS static find_object_function system_find_object;

static int
find_object(void *address, struct found_object *result)
{
    const struct bundle_object *object = bundle_object_at(address);
    if (!object) {
        return system_find_object(address, result);
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

/* For objects that have an unwinder of their own. */
int
__wrap__dl_find_object(void *address, struct found_object *result)
{
    if (!system_find_object) {
        system_find_object = (find_object_function)__real_dlsym(RTLD_DEFAULT, "_dl_find_object");
    }
    return find_object(address, result);
}

static void *
redirected(const char *name)
{
    if (system_find_object && strcmp(name, "_dl_find_object") == 0) {
        return (void *)find_object;
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
    system_find_object = (find_object_function)__real_dlsym(RTLD_DEFAULT, "_dl_find_object");
    bundle_redirect(object, redirected);
}
