/* A shared object without code, made in memory for the C library's dynamic linker: its symbols are functions of a prelinked
   object (gABI, chapters 4 and 5). */

#include "loader/stand_in.h"

#include "files/files.h"
#include "interposed.h"
#include "loader/objects.h"
#include "machine.h"
#include "world/world.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LARGEST_PAGE 0x10000 /* of any kernel */

/* The dynamic linker gives symbols to whoever asks for a version of them only if their object has versions (glibc 2.36,
   elf/dl-lookup.c, check_match). So it asks for one itself; its symbols have the base version, which serves for any. */
#define LIBC "libc.so.6"
#define VERSION MACHINE_LIBC_VERSION
#define VERSION_INDEX 2 /* the first that is not the base version */

/* What is as large in each. Tables lie behind it, whose first symbol is none. */
struct beginning {
    ElfW(Ehdr) header;
    ElfW(Phdr) segments[3];
    ElfW(Dyn) dynamic[11];
    ElfW(Verneed) need;
    ElfW(Vernaux) version;
};

struct making {
    char *bytes;
    size_t size, symbols, hash, versions, strings; /* the last are places of tables */
    uint32_t count, end;                           /* of symbols, and of the text in the table of strings, so far */
};

/* gABI, "Hash Table". */
static uint32_t
hash_of(const char *name)
{
    uint32_t hash = 0;
    for (; *name; name++) {
        hash = (hash << 4) + (unsigned char)*name;
        hash = (hash ^ (hash >> 24 & 0xf0)) & 0x0fffffff;
    }
    return hash;
}

static const char *
name_of(const struct bundle_object *object, const ElfW(Sym) *symbol)
{
    return (const char *)object->strings + symbol->st_name;
}

/* What an exported symbol is for those that ask for it without a version; NULL where it is no function. */
static void *
function_of(const struct bundle_object *object, const ElfW(Sym) *symbol)
{
    int type = ELF64_ST_TYPE(symbol->st_info);
    bool is_function = bundle_is_exported(symbol) && (type == STT_FUNC || type == STT_GNU_IFUNC);
    return is_function ? bundle_object_symbol(object, name_of(object, symbol)) : NULL;
}

/* Room for all symbols of an object; false without memory. */
static bool
make_room(struct making *made, const struct bundle_object *object, const char *soname, const char *behind)
{
    size_t count = object->symbol_count;
    size_t text = 1 + strlen(soname) + 1 + strlen(behind) + 1 + sizeof LIBC + sizeof VERSION;
    for (size_t i = 1; i < count; i++) {
        text += strlen(name_of(object, (const ElfW(Sym) *)object->symbols + i)) + 1;
    }
    *made = (struct making){.symbols = sizeof(struct beginning), .count = 1, .end = 1};
    made->hash = made->symbols + count * sizeof(ElfW(Sym));
    made->versions = made->hash + (3 + count) * sizeof(uint32_t);
    made->strings = made->versions + count * sizeof(ElfW(Versym));
    made->size = made->strings + text;
    made->bytes = calloc(1, made->size);
    return made->bytes != NULL;
}

/* Its offset in the table of strings. */
static uint32_t
add_text(struct making *made, const char *text)
{
    uint32_t place = made->end;
    strcpy(made->bytes + made->strings + place, text);
    made->end += (uint32_t)strlen(text) + 1;
    return place;
}

/* The values of the symbols are addresses, and no offsets, as long as nobody knows where it is loaded. */
static void
add_symbols(struct making *made, const struct bundle_object *object)
{
    ElfW(Sym) *symbols = (void *)(made->bytes + made->symbols);
    uint32_t *hash = (void *)(made->bytes + made->hash);
    ElfW(Versym) *versions = (void *)(made->bytes + made->versions);
    for (uint32_t i = 1; i < object->symbol_count; i++) {
        const ElfW(Sym) *symbol = (const ElfW(Sym) *)object->symbols + i;
        void *function = function_of(object, symbol);
        if (!function) {
            continue;
        }
        versions[made->count] = VER_NDX_GLOBAL;
        symbols[made->count] = (ElfW(Sym)){
            .st_name = add_text(made, name_of(object, symbol)),
            .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
            .st_shndx = 1, /* of some section: it is defined */
            .st_value = (uintptr_t)function,
        };
        made->count++;
    }
    /* One bucket with a chain of all: the number of buckets, of symbols, the first, and what follows each. */
    hash[0] = 1;
    hash[1] = made->count;
    hash[2] = made->count > 1;
    for (uint32_t i = 1; i + 1 < made->count; i++) {
        hash[3 + i] = i + 1;
    }
}

static void
add_beginning(struct making *made, const char *soname, const char *behind)
{
    struct beginning *beginning = (void *)made->bytes;
    uint32_t own_name = add_text(made, soname), other = add_text(made, behind), library = add_text(made, LIBC),
             version = add_text(made, VERSION);
    beginning->header = (ElfW(Ehdr)){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_DYN,
        .e_machine = MACHINE_ELF,
        .e_version = EV_CURRENT,
        .e_phoff = offsetof(struct beginning, segments),
        .e_ehsize = sizeof(ElfW(Ehdr)),
        .e_phentsize = sizeof(ElfW(Phdr)),
        .e_phnum = sizeof beginning->segments / sizeof *beginning->segments,
    };
    /* The dynamic linker writes into the second, and without the third the stack would become executable. */
    beginning->segments[0] = (ElfW(Phdr)){
        .p_type = PT_LOAD,
        .p_flags = PF_R | PF_W,
        .p_filesz = made->size,
        .p_memsz = made->size,
        .p_align = LARGEST_PAGE,
    };
    beginning->segments[1] = (ElfW(Phdr)){
        .p_type = PT_DYNAMIC,
        .p_flags = PF_R | PF_W,
        .p_offset = offsetof(struct beginning, dynamic),
        .p_vaddr = offsetof(struct beginning, dynamic),
        .p_filesz = sizeof beginning->dynamic,
        .p_memsz = sizeof beginning->dynamic,
        .p_align = sizeof(ElfW(Addr)),
    };
    beginning->segments[2] = (ElfW(Phdr)){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W};
    const ElfW(Dyn) dynamic[] = {
        {DT_NEEDED, {library}},
        {DT_SONAME, {own_name}},
        {DT_HASH, {made->hash}},
        {DT_SYMTAB, {made->symbols}},
        {DT_STRTAB, {made->strings}},
        {DT_STRSZ, {made->end}},
        {DT_VERSYM, {made->versions}},
        {DT_VERNEED, {offsetof(struct beginning, need)}},
        {DT_VERNEEDNUM, {1}},
        {*behind ? DT_NEEDED : DT_NULL, {other}},
        {DT_NULL, {0}},
    };
    _Static_assert(sizeof dynamic == sizeof beginning->dynamic, "all entries have room");
    memcpy(beginning->dynamic, dynamic, sizeof dynamic);
    beginning->need = (ElfW(Verneed)){
        .vn_version = VER_NEED_CURRENT, .vn_cnt = 1, .vn_file = library, .vn_aux = sizeof(ElfW(Verneed))};
    beginning->version = (ElfW(Vernaux)){.vna_hash = hash_of(VERSION), .vna_other = VERSION_INDEX, .vna_name = version};
}

/* The object's address, loaded from a file without a name; 0 when the dynamic linker does not take it. */
static ElfW(Addr)
load(const struct making *made, const char *soname)
{
    char path[64];
    struct link_map *loaded;
    int fd = bundle_open_bytes(soname, made->bytes, made->size);
    if (fd < 0) {
        return 0;
    }
    snprintf(path, sizeof path, "/proc/self/./fd/%d", fd); /* another name than any of memory_files.c */
    void *handle = bundle_open_library(path, RTLD_NOW);
    close(fd);
    return handle && __real_dlinfo(handle, RTLD_DI_LINKMAP, &loaded) == 0 ? loaded->l_addr : 0;
}

bool
bundle_stand_in(const struct bundle_object *object, const char *soname, const char *behind)
{
    struct making made;
    if (!make_room(&made, object, soname, behind)) {
        return false;
    }
    add_symbols(&made, object);
    add_beginning(&made, soname, behind);
    ElfW(Addr) base = load(&made, soname);
    ElfW(Sym) *symbols = (void *)(base + made.symbols);
    for (uint32_t i = 1; base && i < made.count; i++) {
        symbols[i].st_value -= base;
    }
    free(made.bytes);
    return base != 0;
}
