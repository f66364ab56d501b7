/* Prelinked objects: which are loaded, and what they export. */

#include "loader/objects.h"

#include "interposed.h"

#include <dlfcn.h>
#include <elf.h>
#include <string.h>

const struct bundle_object *
bundle_object_of(const void *handle)
{
    const struct bundle_object *object = handle;
    return object >= bundle.objects && object < bundle.objects + bundle.object_index.count ? object : NULL;
}

const struct bundle_object *
bundle_object_at(const void *address)
{
    uint64_t value = (uint64_t)address;
    for (uint32_t i = 0; i < bundle.object_index.count; i++) {
        const struct bundle_object *object = &bundle.objects[i];
        if (bundle_is_mapped(i) && value >= object->base && value < object->end) {
            return object;
        }
    }
    return NULL;
}

bool
bundle_is_exported(const ElfW(Sym) *symbol)
{
    return symbol->st_shndx != SHN_UNDEF && ELF64_ST_BIND(symbol->st_info) != STB_LOCAL;
}

/* The versions of an object's symbols (DT_VERSYM); NULL when it has none. */
static const ElfW(Versym) *
symbol_versions(const struct bundle_object *object)
{
    for (const ElfW(Dyn) *entry = (const void *)object->link_map.dynamic; entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_VERSYM) {
            return (const void *)(object->base + entry->d_un.d_ptr);
        }
    }
    return NULL;
}

#define HIDDEN_VERSION 0x8000 /* only for those that ask for this version */

/* A symbol that this one object exports, in its default version. Linear: a module's init function is looked up once. */
void *
bundle_object_symbol(const struct bundle_object *object, const char *name)
{
    const ElfW(Sym) *symbols = (const void *)object->symbols;
    const char *strings = (const char *)object->strings;
    const ElfW(Versym) *versions = symbol_versions(object);
    for (uint32_t i = 1; i < object->symbol_count; i++) {
        bool is_hidden = versions && versions[i] & HIDDEN_VERSION;
        if (!is_hidden && bundle_is_exported(&symbols[i]) && strcmp(strings + symbols[i].st_name, name) == 0) {
            void *address = (void *)(object->base + symbols[i].st_value);
            return ELF64_ST_TYPE(symbols[i].st_info) == STT_GNU_IFUNC ? ((void *(*)(void))address)() : address;
        }
    }
    return NULL;
}

uint32_t
bundle_object_tree(uint32_t root, uint32_t *tree)
{
    bool seen[bundle.object_index.count];
    memset(seen, 0, sizeof seen);
    uint32_t count = 0;
    tree[count++] = root;
    seen[root] = true;
    for (uint32_t at = 0; at < count; at++) {
        const struct bundle_object *object = &bundle.objects[tree[at]];
        for (uint32_t i = 0; i < object->needed_count; i++) {
            uint32_t needed = object->needed[i];
            if (!seen[needed]) {
                seen[needed] = true;
                tree[count++] = needed;
            }
        }
    }
    return count;
}

void *
bundle_symbol_below(const struct bundle_object *object, const char *name)
{
    uint32_t tree[bundle.object_index.count];
    uint32_t count = bundle_object_tree((uint32_t)(object - bundle.objects), tree);
    void *found = NULL;
    for (uint32_t i = 0; i < count && !found; i++) {
        found = bundle_object_symbol(&bundle.objects[tree[i]], name);
    }
    return found ? found : __real_dlsym(RTLD_DEFAULT, name);
}
