/* Redirects the calls of a loaded object: overwrites its GOT entries and other relocated words. */

#include "loader/redirect.h"

#include "interposed.h"
#include "machine.h"

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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
            void *value =
                machine_is_symbol_word(type) ? find(strings + symbols[ELF64_R_SYM(entry->r_info)].st_name) : NULL;
            if (value) {
                overwrite(object, (void *)(object->l_addr + entry->r_offset), value);
            }
        }
    }
}
