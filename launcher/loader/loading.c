/* Shared objects that are part of the executable: mapped when first asked for, found by path and by soname.

   Everything that could be bound when the binary was linked is bound (bundler/link/bind.py); what is left is to map
   the segments, write the few words only known now (patches), and run constructors in the order of dependencies. */

#include "loader/loading.h"

#include "executable/executable.h"
#include "interposed.h"
#include "lifetime.h"
#include "loader/debugger.h"
#include "loader/errors.h"
#include "loader/loader.h"
#include "loader/memory_files.h"
#include "loader/objects.h"
#include "loader/system_libraries.h"
#include "loader/unwind.h"
#include "world/world.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

PER_PROCESS static struct {
    int argc;
    char **argv;
    char **environment;
} start;

/* A load may be asked for without the GIL, from constructors, and from several threads. */
PER_PROCESS static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
PER_PROCESS static bool has_destructors; /* the C library was told of them */
PER_PROGRAM static uint32_t loaded_count;

void
bundle_lock_loader(void)
{
    pthread_mutex_lock(&lock);
}

void
bundle_unlock_loader(void)
{
    pthread_mutex_unlock(&lock);
}

const char *
bundle_loader_error(void)
{
    return bundle_dl_error();
}

static int
fail(const char *format, const char *what, const char *why)
{
    bundle_dl_fail(format, what, why);
    return -1;
}

/* Map at a fixed address; -1 with errno. `flags`: MAP_FIXED, or MAP_FIXED_NOREPLACE where nothing is to be there. */
static int
map_at(uint64_t address, uint64_t size, int protection, int flags, int fd, off_t offset)
{
    void *wanted = (void *)address;
    void *mapped = __real_mmap(wanted, size, protection, MAP_PRIVATE | flags, fd, offset);
    if (mapped != wanted && mapped != MAP_FAILED) { /* Linux before 4.17 takes the address for a wish */
        munmap(mapped, size);
        errno = EEXIST;
    }
    return mapped == wanted ? 0 : -1;
}

/* The same with bytes that are mapped already, in the executable's tables, where they are needed no more. For when the
   file cannot be opened; else their own mapping is better, for some systems let no memory become executable. */
static int
move_to(uint64_t address, uint64_t size, int protection, const void *content)
{
    if (map_at(address, size, PROT_NONE, MAP_FIXED_NOREPLACE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) < 0) {
        return -1;
    }
    bundle_moved_contents = true;
    void *moved = mremap((void *)content, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)address);
    return moved == MAP_FAILED ? -1 : mprotect(moved, size, protection);
}

/* `fd`: the executable's file, or negative when it cannot be opened. `fixed`: as in map_at. */
static int
map_segment(int fd, const struct bundle_segment *segment, int fixed)
{
    int protection = (int)segment->protection;
    uint64_t from_file = segment->file_size;
    if (from_file && fd >= 0
        && map_at(segment->address, from_file, protection, fixed, fd, bundle_own_offset(segment->content)) < 0) {
        return -1;
    }
    if (from_file && fd < 0 && move_to(segment->address, from_file, protection, segment->content) < 0) {
        return -1;
    }
    uint64_t zeros = segment->memory_size - from_file;
    return zeros ? map_at(segment->address + from_file, zeros, protection, fixed | MAP_ANONYMOUS, -1, 0) : 0;
}

/* Does the file hold the segments one behind the other, as the memory does? */
static bool
is_one_piece(const struct bundle_object *object)
{
    for (uint32_t i = 1; i < object->segment_count; i++) {
        const struct bundle_segment *last = &object->segments[i - 1];
        const struct bundle_segment *next = &object->segments[i];
        if (last->address + last->file_size != next->address
            || (const char *)last->content + last->file_size != next->content) {
            return false;
        }
    }
    return object->segment_count > 0;
}

/* Map all of an object as constants first, with one call; three of five segments are that, usually. */
static int
map_piece(int fd, const struct bundle_object *object, bool with_variables)
{
    const struct bundle_segment *first = &object->segments[0];
    const struct bundle_segment *last = &object->segments[object->segment_count - 1];
    uint64_t size = last->address + last->memory_size - first->address;
    off_t offset = bundle_own_offset(first->content);
    if (map_at(first->address, size, PROT_READ, MAP_FIXED_NOREPLACE, fd, offset) < 0) {
        return -1;
    }
    for (uint32_t i = 0; i < object->segment_count; i++) {
        const struct bundle_segment *segment = &object->segments[i];
        bool is_constant = segment->protection == PROT_READ || (segment->protection & PROT_WRITE && !with_variables);
        if (!is_constant && map_segment(fd, segment, MAP_FIXED) < 0) {
            int reason = errno;
            munmap((void *)first->address, size);
            errno = reason;
            return -1;
        }
    }
    return 0;
}

static int
map_segments(int fd, const struct bundle_object *object)
{
    int status = 0;
    for (uint32_t i = 0; i < object->segment_count && status == 0; i++) {
        status = map_segment(fd, &object->segments[i], MAP_FIXED_NOREPLACE);
    }
    return status;
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

/* Write the words that are only known now; `root` is the object that was asked for. */
static int
apply_patches(const struct bundle_object *object, const struct bundle_object *root)
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
        void *found = bundle_system_symbol(patch);
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

typedef void (*constructor)(int, char **, char **);
typedef void (*destructor)(void);

/* Destructors, in the reverse order of construction. */
static void
run_destructors(void)
{
    while (loaded_count) {
        const struct bundle_object *object = &bundle.objects[bundle_load_order[--loaded_count]];
        const destructor *array = (const destructor *)object->fini_array;
        for (uint32_t i = object->fini_count; i-- > 0;) {
            array[i]();
        }
        if (object->fini) {
            ((destructor)object->fini)();
        }
    }
}

void
bundle_run_constructors(const struct bundle_object *object)
{
    if (object->init) {
        ((constructor)object->init)(start.argc, start.argv, start.environment);
    }
    const constructor *array = (const constructor *)object->init_array;
    for (uint32_t i = 0; i < object->init_count; i++) {
        array[i](start.argc, start.argv, start.environment);
    }
}

static void
run_destructors_at_exit(void *unused)
{
    (void)unused;
    run_destructors();
}

/* A snapshot does not hold that the C library was told: each start tells it. */
int
bundle_register_destructors(void)
{
    if (!has_destructors && __real___cxa_atexit(run_destructors_at_exit, NULL, NULL) != 0) {
        return fail("%s: %s", "destructors", strerror(ENOMEM));
    }
    has_destructors = true;
    return 0;
}

/* Why a segment could not be mapped. Memory that becomes executable is what some systems refuse (systemd's
   MemoryDenyWriteExecute=); a file that is mapped is not. */
static const char *
unmapped_reason(int fd)
{
    bool is_refused = errno == EACCES || errno == EPERM;
    return fd < 0 && is_refused ? "this system needs to read the executable's file for that, and cannot"
                                : strerror(errno);
}

int
bundle_map_object(int fd, const struct bundle_object *object, bool with_variables)
{
    int status = fd >= 0 && is_one_piece(object) ? map_piece(fd, object, with_variables) : map_segments(fd, object);
    if (status < 0) {
        return fail("%s: cannot be mapped: %s", object->path, unmapped_reason(fd));
    }
    for (uint32_t i = 0; i < object->segment_count; i++) {
        const struct bundle_segment *segment = &object->segments[i];
        if (segment->protection & PROT_EXEC) {
            bundle_hide_processor(segment->address, segment->memory_size, (int)segment->protection);
            if (!bundle_replace_calls_in(segment->address, segment->memory_size, (int)segment->protection)) {
                bundle_note("system-library", object->path);
            }
        }
    }
    return 0;
}

/* Constructors of what is needed run first; where dependencies go in circles, some have to wait. */
static void
construct(uint32_t index)
{
    if (bundle_object_states[index] != BOUND) {
        return;
    }
    bundle_object_states[index] = LOADED;
    const struct bundle_object *object = &bundle.objects[index];
    for (uint32_t i = 0; i < object->needed_count; i++) {
        construct(object->needed[i]);
    }
    if (bundle_is_recording()) {
        bundle_note("object", object->path);
        uint64_t before = bundle_world_changes();
        if (bundle_is_fresh(index)) {
            bundle_construct_fresh(index, bundle_run_constructors);
        }
        else {
            bundle_run_constructors(object);
        }
        bundle_note_constructed(index, bundle_world_changes() == before);
        bundle_note("constructed", object->path);
    }
    else {
        bundle_run_constructors(object);
    }
    bundle_load_order[loaded_count++] = index;
}

/* Put the objects of a tree that are not there yet in place; their file is opened once for all. */
static int
map_objects(const uint32_t *tree, uint32_t count)
{
    int fd = bundle_open_own_file();
    int status = 0;
    for (uint32_t i = 0; i < count && status == 0; i++) {
        const struct bundle_object *object = &bundle.objects[tree[i]];
        unsigned char *state = &bundle_object_states[tree[i]];
        if (*state == FAILED) {
            status = fail("%s: %s", object->path, "could not be loaded before");
        }
        else if (*state == UNLOADED) {
            status = bundle_map_object(fd, object, true);
            *state = status < 0 ? FAILED : MAPPED;
            if (status == 0) {
                bundle_tell_debugger(tree[i]);
            }
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return status;
}

/* Bind the objects of a tree that are not bound yet; its first is the one that was asked for. */
static int
bind_objects(const uint32_t *tree, uint32_t count)
{
    for (uint32_t i = count; i-- > 0;) {
        if (bundle_object_states[tree[i]] == MAPPED) {
            int status = apply_patches(&bundle.objects[tree[i]], &bundle.objects[tree[0]]);
            bundle_object_states[tree[i]] = status < 0 ? FAILED : BOUND;
            if (status < 0) {
                return -1;
            }
        }
    }
    return 0;
}

/* As the dynamic linker does it: everything is in place before anything is bound, and bound before any of its code
   runs, for libraries may be bound to the object that needs them. */
int
bundle_load_object(uint32_t root)
{
    if (bundle_register_destructors() < 0) {
        return -1;
    }
    if (bundle_object_states[root] == LOADED) {
        return 0;
    }
    uint32_t tree[bundle.object_index.count];
    uint32_t count = bundle_object_tree(root, tree);
    const struct link_map *last;
    if (bundle_open_system_libraries(tree, count, &last) < 0 || map_objects(tree, count) < 0
        || bind_objects(tree, count) < 0) {
        return -1;
    }
    bundle_join_system_libraries(last);
    bundle_wipe_stack();
    construct(root);
    bundle_wipe_stack();
    return 0;
}

int
bundle_start_loader(int argc, char **argv, char **environment)
{
    start.argc = argc;
    start.argv = argv;
    start.environment = environment;
    if (!bundle.resident_count) {
        return 0;
    }
    if (bundle_register_destructors() < 0) {
        return -1;
    }
    for (uint64_t i = 0; i < bundle.resident_count; i++) {
        const struct bundle_object *object = &bundle.objects[bundle.residents[i]];
        if (apply_patches(object, object) < 0) {
            return -1;
        }
        bundle_object_states[bundle.residents[i]] = BOUND;
        bundle_tell_debugger(bundle.residents[i]);
    }
    bundle_bind_unwinder(); /* may be among what the executable is linked with */
    for (uint64_t i = 0; i < bundle.resident_count; i++) {
        construct(bundle.residents[i]);
    }
    return 0;
}

const uint32_t *
bundle_loaded_objects(uint32_t *count)
{
    *count = loaded_count;
    return bundle_load_order;
}

bool
bundle_visible_object_loaded(void)
{
    for (uint32_t i = 0; i < loaded_count; i++) {
        if (bundle.objects[bundle_load_order[i]].ends_visibly) {
            return true;
        }
    }
    return bundle_any_carried_loaded();
}
