/* Shared objects that are part of the executable: mapped when first asked for, found by path and by soname.

   Everything that could be bound when the binary was linked is bound (bundler/link/bind.py); what is left is to map the
   segments (mapping.c), write the few words only known now (binding.c), and run constructors in the order of dependencies. */

#include "loader/loading.h"

#include "executable/executable.h"
#include "interposed.h"
#include "lifetime.h"
#include "loader/binding.h"
#include "loader/debugger.h"
#include "loader/errors.h"
#include "loader/loader.h"
#include "loader/mapping.h"
#include "loader/memory_files.h"
#include "loader/objects.h"
#include "loader/system_libraries.h"
#include "loader/unwind.h"
#include "world/world.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
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
            int status = bundle_bind_object(&bundle.objects[tree[i]], &bundle.objects[tree[0]]);
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
        if (bundle_bind_object(object, object) < 0) {
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
