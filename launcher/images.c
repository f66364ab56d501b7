/* Shared objects that are part of the executable: mapped when first asked for, found by path and by soname.

   Everything that could be bound when the binary was linked is bound (bundler/link/prelink.py); what is left is to map
   the segments, write the few words only known now (patches), and run constructors in the order of dependencies.
   The dl* functions that libpython and the images call are the __wrap_ ones below, which know images and pass on
   everything else to the C library's. */

#include "launcher.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

extern const ElfW(Ehdr) __ehdr_start; /* by the linker: the executable's own first byte */

static struct {
    int argc;
    char **argv;
    char **environment;
} start;

enum image_state { UNLOADED, MAPPED, BOUND, LOADED, FAILED };

/* A load may be asked for without the GIL, from constructors, and from several threads. */
static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static unsigned char *states;     /* enum image_state of each image; NULL until the first load */
static uint32_t *load_order;      /* images in the order in which their constructors ran */
static uint32_t loaded_count;
static uint64_t *unique_addresses; /* of symbols that are one for the process; 0 where nobody asked yet */

static __thread char error_text[512];
static __thread bool error_is_ours;

static int
fail(const char *format, const char *what, const char *why)
{
    snprintf(error_text, sizeof error_text, format, what, why);
    error_is_ours = true;
    return -1;
}

void *
bundle_dl_fail(const char *format, const char *what, const char *why)
{
    fail(format, what, why);
    return NULL;
}

const char *
bundle_images_error(void)
{
    return error_text;
}

/* --- The executable's file ---------------------------------------------------------------------------------- */

/* Where in the executable's file an address of its load segments comes from. */
static off_t
file_offset(const void *address)
{
    const ElfW(Phdr) *header = (const void *)((const char *)&__ehdr_start + __ehdr_start.e_phoff);
    for (int i = 0; i < __ehdr_start.e_phnum; i++) {
        ElfW(Addr) distance = (ElfW(Addr))address - header[i].p_vaddr;
        if (header[i].p_type == PT_LOAD && distance < header[i].p_filesz) {
            return (off_t)(header[i].p_offset + distance);
        }
    }
    return -1;
}

/* Is this the file we run from? The build's tables, addresses included, are compared. */
static bool
is_own_file(int fd)
{
    struct bundle found;
    return pread(fd, &found, sizeof found, file_offset(&bundle)) == (ssize_t)sizeof found
           && memcmp(&found, &bundle, sizeof found) == 0;
}

/* The executable's own file, opened for reading once; -1 with errno. */
static int
executable_fd(void)
{
    static int kept = -1;
    if (kept < 0) {
        /* Without /proc (a bare chroot) the kernel's own note of the path is what there is. */
        const char *paths[] = {"/proc/self/exe", (const char *)getauxval(AT_EXECFN)};
        for (size_t i = 0; i < sizeof paths / sizeof *paths && kept < 0; i++) {
            int fd = paths[i] ? open(paths[i], O_RDONLY | O_CLOEXEC) : -1;
            if (fd >= 0 && is_own_file(fd)) {
                kept = fd;
            }
            else if (fd >= 0) {
                close(fd);
                errno = ESTALE;
            }
        }
    }
    return kept;
}

/* --- Loading ------------------------------------------------------------------------------------------------- */

static int
map_segment(int fd, const struct bundle_segment *segment)
{
    uint64_t parts[][2] = {{segment->address, segment->file_size},
                           {segment->address + segment->file_size, segment->memory_size - segment->file_size}};
    for (int i = 0; i < 2; i++) {
        if (!parts[i][1]) {
            continue;
        }
        void *wanted = (void *)parts[i][0];
        int flags = MAP_PRIVATE | MAP_FIXED_NOREPLACE | (i == 0 ? 0 : MAP_ANONYMOUS);
        void *mapped = mmap(wanted, parts[i][1], (int)segment->protection, flags, i == 0 ? fd : -1,
                            i == 0 ? file_offset(segment->content) : 0);
        if (mapped != wanted) {
            if (mapped != MAP_FAILED) { /* Linux before 4.17 takes the address for a wish */
                munmap(mapped, parts[i][1]);
                errno = EEXIST;
            }
            return -1;
        }
    }
    return 0;
}

static const struct bundle_file *
carried_named(const char *soname)
{
    const struct bundle_soname *found =
        bundle_find(&bundle.soname_index, bundle.sonames, sizeof(struct bundle_soname), soname);
    return found && found->is_carried ? bundle_find_file(bundle.carried[found->index].path) : NULL;
}

/* A library that is no image: carried by the binary, or of the system. Its handle, or NULL with the error for dlerror. */
static void *
open_other(const char *soname, int flags)
{
    const struct bundle_file *file = carried_named(soname);
    return file ? bundle_load_file(file, flags & ~RTLD_GLOBAL) : dlopen(soname, flags);
}

/* The address of a symbol that some library which is no image defines; NULL when there is none. */
static void *
host_symbol(const struct bundle_patch *patch)
{
    if (patch->library) {
        void *library = open_other(patch->library, RTLD_NOW | RTLD_NOLOAD);
        void *found = library && patch->version ? dlvsym(library, patch->symbol, patch->version) : NULL;
        return found || !library ? found : dlsym(library, patch->symbol);
    }
    return patch->version ? dlvsym(RTLD_DEFAULT, patch->symbol, patch->version) : dlsym(RTLD_DEFAULT, patch->symbol);
}

/* Number of the library that defines a thread-local variable, and the variable's place in the library's block. */
static int
find_thread_local(const struct bundle_image *image, const struct bundle_patch *patch, size_t *module, uint64_t *offset)
{
    void *library = open_other(patch->library, RTLD_NOW | RTLD_NOLOAD);
    void *address = library ? dlvsym(library, patch->symbol, patch->version ? patch->version : "") : NULL;
    if (library && !address) {
        address = dlsym(library, patch->symbol);
    }
    void *block = NULL;
    if (!address || dlinfo(library, RTLD_DI_TLS_MODID, module) != 0
        || dlinfo(library, RTLD_DI_TLS_DATA, &block) != 0 || !block) {
        return fail("%s: undefined thread-local symbol: %s", image->path, patch->symbol);
    }
    *offset = (uint64_t)address - (uint64_t)block; /* both are this thread's */
    return 0;
}

static int
apply_thread_local_patch(const struct bundle_image *image, const struct bundle_patch *patch)
{
    size_t module;
    uint64_t offset;
    if (find_thread_local(image, patch, &module, &offset) < 0) {
        return -1;
    }
    *patch->place = patch->kind == BUNDLE_PATCH_TLS_MODULE ? module : offset + patch->addend;
    return 0;
}

static void *symbol_below(const struct bundle_image *image, const char *name);

/* Write the words that are only known now; `root` is the image that was asked for. */
static int
apply_patches(const struct bundle_image *image, const struct bundle_image *root)
{
    for (uint32_t i = 0; i < image->patch_count; i++) {
        const struct bundle_patch *patch = &image->patches[i];
        if (patch->kind == BUNDLE_PATCH_RESOLVER) {
            *patch->place = ((uint64_t (*)(void))patch->addend)();
            continue;
        }
        if (patch->kind == BUNDLE_PATCH_UNIQUE) {
            uint64_t *address = &unique_addresses[patch->unique];
            *address = *address ? *address : patch->address;
            *patch->place = *address + patch->addend;
            continue;
        }
        if (patch->kind != BUNDLE_PATCH_SYMBOL) {
            if (apply_thread_local_patch(image, patch) < 0) {
                return -1;
            }
            continue;
        }
        void *found = host_symbol(patch);
        if (!found) { /* it depends on who needs the library */
            found = symbol_below(root, patch->symbol);
        }
        if (!found && !patch->is_weak) {
            return fail("%s: undefined symbol: %s", image->path, patch->symbol);
        }
        *patch->place = found ? (uint64_t)found + patch->addend : 0;
    }
    if (image->relro_size && mprotect((void *)image->relro, image->relro_size, PROT_READ) < 0) {
        return fail("%s: cannot be protected: %s", image->path, strerror(errno));
    }
    return 0;
}

typedef void (*constructor)(int, char **, char **);
typedef void (*destructor)(void);

/* Destructors, in the reverse order of construction. */
static void
run_destructors(void)
{
    while (loaded_count) {
        const struct bundle_image *image = &bundle.images[load_order[--loaded_count]];
        const destructor *array = (const destructor *)image->fini_array;
        for (uint32_t i = image->fini_count; i-- > 0;) {
            array[i]();
        }
        if (image->fini) {
            ((destructor)image->fini)();
        }
    }
}

static void
run_constructors(const struct bundle_image *image)
{
    if (image->init) {
        ((constructor)image->init)(start.argc, start.argv, start.environment);
    }
    const constructor *array = (const constructor *)image->init_array;
    for (uint32_t i = 0; i < image->init_count; i++) {
        array[i](start.argc, start.argv, start.environment);
    }
}

static int
prepare_states(void)
{
    uint32_t count = bundle.image_index.count;
    states = calloc(count, sizeof *states);
    load_order = calloc(count, sizeof *load_order);
    unique_addresses = calloc(bundle.unique_count + 1, sizeof *unique_addresses);
    if (!states || !load_order || !unique_addresses || atexit(run_destructors) != 0) {
        return fail("%s: %s", "images", strerror(ENOMEM));
    }
    return 0;
}

static int
map_image(const struct bundle_image *image)
{
    int fd = executable_fd();
    if (fd < 0) {
        return fail("%s: the executable's own file cannot be read: %s", image->path, strerror(errno));
    }
    for (const char *const *library = image->host_libraries; library && *library; library++) {
        /* Global: patches of several images look for its symbols. */
        if (!open_other(*library, RTLD_NOW | RTLD_GLOBAL)) {
            return error_is_ours ? -1 : fail("%s: %s", image->path, dlerror());
        }
    }
    if (image->host_libraries) {
        bundle_bind_unwinder(); /* may have come with them */
    }
    for (uint32_t i = 0; i < image->segment_count; i++) {
        if (map_segment(fd, &image->segments[i]) < 0) {
            return fail("%s: cannot be mapped: %s", image->path, strerror(errno));
        }
    }
    return 0;
}

/* An image and all that it needs, breadth first, into `tree`, which has room for every image; how many they are. */
static uint32_t
list_tree(uint32_t root, uint32_t *tree)
{
    bool seen[bundle.image_index.count];
    memset(seen, 0, sizeof seen);
    uint32_t count = 0;
    tree[count++] = root;
    seen[root] = true;
    for (uint32_t at = 0; at < count; at++) {
        const struct bundle_image *image = &bundle.images[tree[at]];
        for (uint32_t i = 0; i < image->needed_count; i++) {
            uint32_t needed = image->needed[i];
            if (!seen[needed]) {
                seen[needed] = true;
                tree[count++] = needed;
            }
        }
    }
    return count;
}

/* Constructors of what is needed run first; where dependencies go in circles, some have to wait. */
static void
construct(uint32_t index)
{
    if (states[index] != BOUND) {
        return;
    }
    states[index] = LOADED;
    const struct bundle_image *image = &bundle.images[index];
    for (uint32_t i = 0; i < image->needed_count; i++) {
        construct(image->needed[i]);
    }
    run_constructors(image);
    load_order[loaded_count++] = index;
}

/* Load an image and what it needs; 0, or -1 with the error for dlerror. As the dynamic linker does it: everything is
   in place before anything is bound, and bound before any of its code runs, for libraries may be bound to the image
   that needs them. */
static int
load(uint32_t root)
{
    if (!states && prepare_states() < 0) {
        return -1;
    }
    if (states[root] == LOADED) {
        return 0;
    }
    uint32_t tree[bundle.image_index.count];
    uint32_t count = list_tree(root, tree);
    for (uint32_t i = 0; i < count; i++) {
        const struct bundle_image *image = &bundle.images[tree[i]];
        if (states[tree[i]] == UNLOADED) {
            states[tree[i]] = map_image(image) < 0 ? FAILED : MAPPED;
        }
        else if (states[tree[i]] == FAILED) {
            fail("%s: %s", image->path, "could not be loaded before");
        }
        if (states[tree[i]] == FAILED) {
            return -1;
        }
    }
    for (uint32_t i = count; i-- > 0;) {
        if (states[tree[i]] == MAPPED) {
            if (apply_patches(&bundle.images[tree[i]], &bundle.images[root]) < 0) {
                states[tree[i]] = FAILED;
                return -1;
            }
            states[tree[i]] = BOUND;
        }
    }
    construct(root);
    return 0;
}

int
bundle_images_start(int argc, char **argv, char **environment)
{
    start.argc = argc;
    start.argv = argv;
    start.environment = environment;
    if (!bundle.resident_count) {
        return 0;
    }
    if (prepare_states() < 0) {
        return -1;
    }
    for (uint64_t i = 0; i < bundle.resident_count; i++) {
        const struct bundle_image *image = &bundle.images[bundle.residents[i]];
        if (apply_patches(image, image) < 0) {
            return -1;
        }
        states[bundle.residents[i]] = BOUND;
    }
    bundle_bind_unwinder(); /* may be among what the executable is linked with */
    for (uint64_t i = 0; i < bundle.resident_count; i++) {
        construct(bundle.residents[i]);
    }
    return 0;
}

/* Are its segments in place? */
static bool
is_mapped(uint32_t index)
{
    return states && states[index] != UNLOADED && states[index] != FAILED;
}

/* --- Looking up ---------------------------------------------------------------------------------------------- */

/* The image that a handle of ours stands for; NULL for handles of the C library. */
static const struct bundle_image *
image_of(const void *handle)
{
    const struct bundle_image *image = handle;
    return image >= bundle.images && image < bundle.images + bundle.image_index.count ? image : NULL;
}

bool
bundle_visible_image_loaded(void)
{
    for (uint32_t i = 0; i < loaded_count; i++) {
        if (bundle.images[load_order[i]].ends_visibly) {
            return true;
        }
    }
    return bundle_any_carried_loaded();
}

const struct bundle_image *
bundle_image_at(const void *address)
{
    uint64_t value = (uint64_t)address;
    for (uint32_t i = 0; i < bundle.image_index.count; i++) {
        const struct bundle_image *image = &bundle.images[i];
        if (is_mapped(i) && value >= image->base && value < image->end) {
            return image;
        }
    }
    return NULL;
}

static bool
is_exported(const ElfW(Sym) *symbol)
{
    return symbol->st_shndx != SHN_UNDEF && ELF64_ST_BIND(symbol->st_info) != STB_LOCAL;
}

static const ElfW(Dyn) *
dynamic_section(const struct bundle_image *image)
{
    const ElfW(Phdr) *header = (const void *)image->headers;
    while (header->p_type != PT_DYNAMIC) {
        header++; /* the build has read it there */
    }
    return (const void *)(image->base + header->p_vaddr);
}

/* The versions of an image's symbols (DT_VERSYM); NULL when it has none. */
static const ElfW(Versym) *
symbol_versions(const struct bundle_image *image)
{
    for (const ElfW(Dyn) *entry = dynamic_section(image); entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_VERSYM) {
            return (const void *)(image->base + entry->d_un.d_ptr);
        }
    }
    return NULL;
}

#define HIDDEN_VERSION 0x8000 /* only for those that ask for this version */

/* A symbol that this one image exports, in its default version. Linear: a module's init function is looked up once. */
static void *
symbol_in(const struct bundle_image *image, const char *name)
{
    const ElfW(Sym) *symbols = (const void *)image->symbols;
    const char *strings = (const char *)image->strings;
    const ElfW(Versym) *versions = symbol_versions(image);
    for (uint32_t i = 1; i < image->symbol_count; i++) {
        bool is_hidden = versions && versions[i] & HIDDEN_VERSION;
        if (!is_hidden && is_exported(&symbols[i]) && strcmp(strings + symbols[i].st_name, name) == 0) {
            void *address = (void *)(image->base + symbols[i].st_value);
            return ELF64_ST_TYPE(symbols[i].st_info) == STT_GNU_IFUNC ? ((void *(*)(void))address)() : address;
        }
    }
    return NULL;
}

void *
bundle_image_symbol(const struct bundle_image *image, const char *name)
{
    return symbol_in(image, name);
}

/* As dlsym on a handle: the image, then what it needs, breadth first. */
static void *
symbol_below(const struct bundle_image *image, const char *name)
{
    uint32_t tree[bundle.image_index.count];
    uint32_t count = list_tree((uint32_t)(image - bundle.images), tree);
    void *found = NULL;
    for (uint32_t i = 0; i < count && !found; i++) {
        found = symbol_in(&bundle.images[tree[i]], name);
    }
    return found ? found : dlsym(RTLD_DEFAULT, name);
}

/* --- What libpython and images call instead of the C library's ----------------------------------------------- */

void *__wrap_dlopen(const char *name, int flags);
void *__wrap_dlsym(void *handle, const char *name);
void *__wrap_dlvsym(void *handle, const char *name, const char *version);
int __wrap_dlclose(void *handle);
char *__wrap_dlerror(void);
int __wrap_dladdr(const void *address, Dl_info *info);
int __wrap_dladdr1(const void *address, Dl_info *info, void **extra, int flags);
int __wrap_dlinfo(void *handle, int request, void *out);
int __wrap_dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data);

void *__real_dlopen(const char *name, int flags);
void *__real_dlsym(void *handle, const char *name);
void *__real_dlvsym(void *handle, const char *name, const char *version);
int __real_dlclose(void *handle);
char *__real_dlerror(void);
int __real_dladdr(const void *address, Dl_info *info);
int __real_dladdr1(const void *address, Dl_info *info, void **extra, int flags);
int __real_dlinfo(void *handle, int request, void *out);
int __real_dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data);

/* What a name means that is not the system's: an image, or else a file; both NULL when it is. */
struct named {
    const struct bundle_image *image;
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
            found.image = bundle_find(&bundle.image_index, bundle.images, sizeof(struct bundle_image), file->path);
        }
    }
    else if (name && !strchr(name, '/')) {
        const struct bundle_soname *soname =
            bundle_find(&bundle.soname_index, bundle.sonames, sizeof(struct bundle_soname), name);
        if (soname && !soname->is_carried) {
            found.image = &bundle.images[soname->index];
        }
        else if (soname) {
            found.file = bundle_find_file(bundle.carried[soname->index].path);
        }
    }
    return found;
}

void *
__wrap_dlopen(const char *name, int flags)
{
    struct named found = find_named(name);
    error_is_ours = false; /* an error that nobody asked for is forgotten */
    if (!found.image && !found.file) {
        return __real_dlopen(name, flags);
    }
    void *handle = NULL;
    pthread_mutex_lock(&lock);
    if (!found.image) {
        handle = bundle_load_file(found.file, flags);
    }
    else if (!(flags & RTLD_NOLOAD) || is_mapped((uint32_t)(found.image - bundle.images))) {
        handle = load((uint32_t)(found.image - bundle.images)) == 0 ? (void *)found.image : NULL;
    }
    pthread_mutex_unlock(&lock);
    return handle;
}

void *
__wrap_dlsym(void *handle, const char *name)
{
    const struct bundle_image *image = image_of(handle);
    if (!image && handle == RTLD_DEFAULT) {
        /* After the global scope, that of the caller. */
        image = bundle_image_at(__builtin_return_address(0));
    }
    if (!image) {
        return __real_dlsym(handle, name);
    }
    void *found = handle == RTLD_DEFAULT ? __real_dlsym(handle, name) : NULL;
    found = found ? found : symbol_below(image, name);
    if (!found) {
        fail("%s: undefined symbol: %s", image->path, name);
    }
    return found;
}

void *
__wrap_dlvsym(void *handle, const char *name, const char *version)
{
    return image_of(handle) ? __wrap_dlsym(handle, name) : __real_dlvsym(handle, name, version);
}

int
__wrap_dlclose(void *handle)
{
    return image_of(handle) ? 0 : __real_dlclose(handle);
}

char *
__wrap_dlerror(void)
{
    if (error_is_ours) {
        error_is_ours = false;
        __real_dlerror(); /* that of an attempt of ours */
        return error_text;
    }
    return __real_dlerror();
}

int
__wrap_dladdr(const void *address, Dl_info *info)
{
    const struct bundle_image *image = bundle_image_at(address);
    if (!image) {
        int found = __real_dladdr(address, info);
        const char *path = found && info->dli_fname ? bundle_carried_path(info->dli_fname) : NULL;
        if (path) {
            info->dli_fname = path;
        }
        return found;
    }
    *info = (Dl_info){.dli_fname = image->path, .dli_fbase = (void *)image->base};
    const ElfW(Sym) *symbols = (const void *)image->symbols;
    for (uint32_t i = 1; i < image->symbol_count; i++) {
        const char *value = (const char *)image->base + symbols[i].st_value;
        bool is_inside = value == address || (value < (const char *)address && value + symbols[i].st_size > (const char *)address);
        bool has_address = is_exported(&symbols[i]) && ELF64_ST_TYPE(symbols[i].st_info) != STT_TLS;
        if (has_address && is_inside && value > (const char *)info->dli_saddr) {
            info->dli_saddr = (void *)value;
            info->dli_sname = (const char *)image->strings + symbols[i].st_name;
        }
    }
    return 1;
}

/* What <link.h> offers to know about a loaded object; made when first asked for, and kept. */
static struct link_map *
link_map_of(const struct bundle_image *image)
{
    static struct link_map **maps;
    pthread_mutex_lock(&lock);
    if (!maps) {
        maps = calloc(bundle.image_index.count, sizeof *maps);
    }
    struct link_map **map = maps ? &maps[image - bundle.images] : NULL;
    if (map && !*map && (*map = calloc(1, sizeof **map))) {
        (*map)->l_addr = image->base;
        (*map)->l_name = (char *)image->path;
        (*map)->l_ld = (ElfW(Dyn) *)dynamic_section(image);
    }
    pthread_mutex_unlock(&lock);
    return map ? *map : NULL;
}

int
__wrap_dladdr1(const void *address, Dl_info *info, void **extra, int flags)
{
    const struct bundle_image *image = bundle_image_at(address);
    if (!image || (flags != RTLD_DL_SYMENT && flags != RTLD_DL_LINKMAP)) {
        return __real_dladdr1(address, info, extra, flags);
    }
    *extra = flags == RTLD_DL_LINKMAP ? link_map_of(image) : NULL;
    return __wrap_dladdr(address, info);
}

int
__wrap_dlinfo(void *handle, int request, void *out)
{
    const struct bundle_image *image = image_of(handle);
    if (!image) {
        return __real_dlinfo(handle, request, out);
    }
    switch (request) {
    case RTLD_DI_LMID:
        *(Lmid_t *)out = LM_ID_BASE;
        return 0;
    case RTLD_DI_LINKMAP:
        *(struct link_map **)out = link_map_of(image);
        return 0;
    case RTLD_DI_ORIGIN:
        strcpy(out, image->path);
        *strrchr(out, '/') = '\0';
        return 0;
    default:
        return fail("%s: %s", image->path, "is part of the executable");
    }
}

int
__wrap_dl_iterate_phdr(int (*callback)(struct dl_phdr_info *, size_t, void *), void *data)
{
    int result = __real_dl_iterate_phdr(callback, data);
    for (uint32_t i = 0; !result && i < bundle.image_index.count; i++) {
        const struct bundle_image *image = &bundle.images[i];
        if (!is_mapped(i)) {
            continue;
        }
        struct dl_phdr_info info = {
            .dlpi_addr = image->base,
            .dlpi_name = image->path,
            .dlpi_phdr = (const void *)image->headers,
            .dlpi_phnum = (ElfW(Half))image->header_count,
        };
        result = callback(&info, sizeof info, data);
    }
    return result;
}
