/* C++ exceptions and Rust panics that pass through images.

   The unwinder (libgcc_s) is the system's, and asks the C library which loaded object a return address lies in. The C
   library does not know images. Registering them with the unwinder would make every throw search a list; instead its
   two questions, `_dl_find_object` (glibc 2.35 and later) and `dl_iterate_phdr`, are answered here: the words through
   which libgcc_s calls them are overwritten. */

#include "launcher.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

int __wrap_dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data);

static find_object_function system_find_object;

static int
find_object(void *address, struct found_object *result)
{
    const struct bundle_image *image = bundle_image_at(address);
    if (!image) {
        return system_find_object(address, result);
    }
    const ElfW(Phdr) *headers = (const void *)image->headers;
    for (uint32_t i = 0; i < image->header_count; i++) {
        if (headers[i].p_type == PT_GNU_EH_FRAME) {
            *result = (struct found_object){
                .map_start = (void *)image->base,
                .map_end = (void *)image->end,
                .eh_frame = (void *)(image->base + headers[i].p_vaddr),
            };
            return 0;
        }
    }
    return -1;
}

int __real_dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data);

static int
is_wanted(struct dl_phdr_info *info, size_t size, void *data)
{
    struct dl_phdr_info *wanted = data;
    (void)size;
    if (info->dlpi_addr != wanted->dlpi_addr) {
        return 0;
    }
    *wanted = *info;
    return 1;
}

/* The permissions (PROT_*) that an address of a loaded object has: its segment's, or read-only (PT_GNU_RELRO). */
static int
protection_of(const struct link_map *object, const void *address)
{
    struct dl_phdr_info info = {.dlpi_addr = object->l_addr};
    __real_dl_iterate_phdr(is_wanted, &info);
    int protection = PROT_READ | PROT_WRITE;
    for (int i = 0; i < info.dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info.dlpi_phdr[i];
        if ((ElfW(Addr))address - object->l_addr - header->p_vaddr >= header->p_memsz) {
            continue;
        }
        if (header->p_type == PT_GNU_RELRO) {
            return PROT_READ;
        }
        if (header->p_type == PT_LOAD) {
            protection = (header->p_flags & PF_R ? PROT_READ : 0) | (header->p_flags & PF_W ? PROT_WRITE : 0)
                         | (header->p_flags & PF_X ? PROT_EXEC : 0);
        }
    }
    return protection;
}

static void
overwrite(const struct link_map *object, void *place, void *value)
{
    uintptr_t page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    char *page = (char *)((uintptr_t)place & ~(page_size - 1));
    size_t size = (size_t)((char *)place + sizeof value - page); /* in text, a word may reach into the next page */
    int protection = protection_of(object, place);
    if (!(protection & PROT_WRITE) && mprotect(page, size, PROT_READ | PROT_WRITE) < 0) {
        return; /* the C library's own function stays, which does not know what is in the binary */
    }
    memcpy(place, &value, sizeof value);
    if (!(protection & PROT_WRITE)) {
        mprotect(page, size, protection);
    }
}

/* The value of a dynamic tag; 0 when absent. The dynamic linker has made addresses absolute (elf/get-dynamic-info.h). */
static ElfW(Addr)
dynamic_value(const ElfW(Dyn) *dynamic, ElfW(Sxword) tag)
{
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        if (dynamic->d_tag == tag) {
            return dynamic->d_un.d_ptr;
        }
    }
    return 0;
}

void
bundle_redirect(const struct link_map *object, void *(*find)(const char *name))
{
    const ElfW(Sym) *symbols = (const void *)dynamic_value(object->l_ld, DT_SYMTAB);
    const char *strings = (const char *)dynamic_value(object->l_ld, DT_STRTAB);
    const ElfW(Sxword) tables[][2] = {{DT_RELA, DT_RELASZ}, {DT_JMPREL, DT_PLTRELSZ}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const ElfW(Rela) *entry = (const void *)dynamic_value(object->l_ld, tables[i][0]);
        const ElfW(Rela) *end = entry ? entry + dynamic_value(object->l_ld, tables[i][1]) / sizeof *entry : entry;
        for (; entry < end; entry++) {
            uint32_t type = (uint32_t)ELF64_R_TYPE(entry->r_info);
            bool is_word = type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT || type == R_X86_64_64;
            void *value = is_word ? find(strings + symbols[ELF64_R_SYM(entry->r_info)].st_name) : NULL;
            if (value) {
                overwrite(object, (void *)(object->l_addr + entry->r_offset), value);
            }
        }
    }
}

/* For images that have an unwinder of their own. */
int __wrap__dl_find_object(void *address, struct found_object *result);

int
__wrap__dl_find_object(void *address, struct found_object *result)
{
    if (!system_find_object) {
        system_find_object = (find_object_function)dlsym(RTLD_DEFAULT, "_dl_find_object");
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
    static bool done;
    void *unwinder = done ? NULL : dlopen(UNWINDER, RTLD_NOW | RTLD_NOLOAD);
    struct link_map *object;
    if (!unwinder || dlinfo(unwinder, RTLD_DI_LINKMAP, &object) != 0) {
        return;
    }
    done = true;
    system_find_object = (find_object_function)dlsym(RTLD_DEFAULT, "_dl_find_object");
    bundle_redirect(object, redirected);
}
