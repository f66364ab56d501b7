/* Writing a recording: the memory of the process as it is when the imports are done, and what of it says where it was. */

#include "snapshot/write.h"

#include "interposed.h"
#include "loader/loader.h"
#include "snapshot/adopt.h"
#include "snapshot/alike.h"
#include "snapshot/generators.h"
#include "snapshot/library.h"
#include "snapshot/output.h"
#include "snapshot/thread_block.h"
#include "world/world.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void
put_signals(void)
{
    struct bundle_signal signals[BUNDLE_LAST_SIGNAL];
    uint32_t count = 0;
    for (int i = 1; i <= BUNDLE_LAST_SIGNAL; i++) {
        struct sigaction now;
        memset(&now, 0, sizeof now);
        if (sigaction(i, NULL, &now) == 0 && now.sa_handler != SIG_DFL) {
            uint64_t mask;
            memcpy(&mask, &now.sa_mask, sizeof mask);
            signals[count++] = (struct bundle_signal){(uint32_t)i, (uint32_t)now.sa_flags & ~0x04000000u,
                                                      (uint64_t)now.sa_handler, mask}; /* without SA_RESTORER */
        }
    }
    bundle_put(BUNDLE_PART_SIGNALS, 0, signals, count * sizeof *signals);
}

/* Write what the processor has, as far as code asks for it; what of it each level requires; and what code may ask for in every
   recording, whoever answers. */
static void
put_features(void)
{
    struct bundle_feature features[BUNDLE_MOST_FEATURES];
    uint32_t count = bundle_all_features(features);
    bundle_put(BUNDLE_PART_FEATURES, 0, features, count * sizeof *features);
    for (uint32_t level = BUNDLE_FIRST_LEVEL; level <= BUNDLE_LAST_LEVEL; level++) {
        count = bundle_least_features(level, features);
        bundle_put(BUNDLE_PART_LEAST, level, features, count * sizeof *features);
    }
    count = bundle_cache_features(features);
    bundle_put(BUNDLE_PART_CACHES, 0, features, count * sizeof *features);
}

/* Is it memory that is written? Stacks are not, and those of threads that have ended may be gone. */
static bool
is_recorded(const void *address)
{
    const struct bundle_request *request = bundle.snapshot->request;
    uint64_t place = (uint64_t)address;
    for (uint64_t i = 0; i < request->range_count; i++) {
        if (place - request->ranges[i].address < request->ranges[i].size) {
            return true;
        }
    }
    uint32_t count;
    const uint32_t *order = bundle_loaded_objects(&count);
    for (uint32_t i = 0; i < count; i++) {
        const struct bundle_object *object = &bundle.objects[order[i]];
        for (uint32_t j = 0; j < object->segment_count; j++) {
            const struct bundle_segment *segment = &object->segments[j];
            if (segment->protection & PROT_WRITE && place - segment->address < segment->memory_size) {
                return true;
            }
        }
    }
    return place - BUNDLE_REGION < bundle_region_used();
}

static void
put_conditions(void)
{
    pthread_cond_t condition;
    bundle_make_condition(&condition);
    bundle_put(BUNDLE_PART_NEW_CONDITION, 0, &condition, sizeof condition);
    uint32_t count;
    const struct bundle_condition *conditions = bundle_conditions(is_recorded, &count);
    if (conditions) {
        bundle_put(BUNDLE_PART_CONDITIONS, 0, conditions, count * sizeof *conditions);
    }
}

/* What loaded objects have written; and what had been written when their constructors had run. */
static void
put_objects(const uint32_t *order, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct bundle_object *object = &bundle.objects[order[i]];
        const char *constructed = bundle_constructed(order[i]);
        for (uint32_t j = 0; j < object->segment_count; j++) {
            const struct bundle_segment *segment = &object->segments[j];
            if (segment->protection & PROT_WRITE) {
                bundle_put_memory(BUNDLE_PART_OBJECT, segment->address, (void *)segment->address, segment->memory_size);
                bundle_put_memory(BUNDLE_PART_CONSTRUCTED, segment->address, constructed,
                                  constructed ? segment->memory_size : 0);
                constructed = constructed ? constructed + segment->memory_size : NULL;
            }
        }
    }
}

/* Overwrite the numbers in CPython's free lists (floatobject.c, and longobject.c since 3.14): they keep old values, which may
   be times, or offsets of time zones. */
static void
overwrite_free_numbers(void)
{
    enum { MOST = 256, NUMBER = 1 << 20 }; /* a list has 100; small integers do not come from it */
    PyObject *numbers[2][MOST];
    for (size_t i = 0; i < MOST; i++) {
        numbers[0][i] = PyFloat_FromDouble(0);
        numbers[1][i] = PyLong_FromLong(NUMBER);
    }
    for (size_t i = 0; i < MOST; i++) {
        Py_XDECREF(numbers[0][i]);
        Py_XDECREF(numbers[1][i]);
    }
}

static void
put_generator(PyObject *object, uint64_t size)
{
    bundle_put(BUNDLE_PART_GENERATOR, (uint64_t)object, &size, sizeof size);
}

static void
put_spoiled(uint32_t object, const char *why)
{
    bundle_put(BUNDLE_PART_SPOILED, object, why, strlen(why));
}

/* Do what a start from the snapshot does, and write which blocks it touches. Afterwards the process is good for nothing. */
static void
put_heat(char **variables)
{
    if (!bundle_begin_heat()) {
        return;
    }
    environ = variables;
    bool is_ready;
    const struct bundle_start start = {.argc = 1, .argv = bundle_recorded_arguments()};
    PyObject *globals = bundle_adopt(&start, &is_ready);
    uint64_t count;
    const struct bundle_heat *heat = bundle_end_heat(&count);
    bundle_put(BUNDLE_PART_HEAT, 0, heat, globals ? count * sizeof *heat : 0);
}

_Noreturn void
bundle_write_recording(void)
{
    const struct bundle_request *request = bundle.snapshot->request;
    if (bundle_find_generators(put_generator) < 0) {
        bundle_give_up_raised();
    }
    bundle_tell_spoiled(put_spoiled);
    bundle_call_fork_handlers(); /* libraries end threads of theirs */
    bundle_look_for_obstacles();
    put_signals();
    put_features();
    put_conditions();
    bundle_put(BUNDLE_PART_STREAMS, 0, "", bundle_streams_are_alone());
    char **variables = environ;
    environ = NULL;
    overwrite_free_numbers();
    bundle_usual_allocations();
    bundle_close_region();

    struct bundle_told told = bundle_told();
    bundle_put(BUNDLE_PART_KEYS, 0, told.keys, told.key_count * sizeof *told.keys);
    bundle_put(BUNDLE_PART_CALLS, 0, told.calls, told.call_count * sizeof *told.calls);
    struct bundle_thread_block block = bundle_find_thread_block();
    uint64_t addresses[BUNDLE_MOST_LIBRARY_ADDRESSES];
    bundle_put(BUNDLE_PART_LIBRARY, 0, addresses, bundle_library_addresses(addresses) * sizeof *addresses);
    bundle_put(BUNDLE_PART_THREAD, (uint64_t)__builtin_thread_pointer(), &block.address, sizeof block.address);
    bundle_put(BUNDLE_PART_THREAD_BLOCK, (uint64_t)block.address, block.address, block.size);
    uint32_t count;
    const uint32_t *order = bundle_loaded_objects(&count);
    bundle_put(BUNDLE_PART_ORDER, 0, order, count * sizeof *order);
    bundle_put_notes();
    bundle_put_before();
    for (uint64_t i = 0; i < request->range_count; i++) {
        bundle_put_memory(BUNDLE_PART_EXECUTABLE, request->ranges[i].address, (void *)request->ranges[i].address,
                          request->ranges[i].size);
    }
    bundle_put_memory(BUNDLE_PART_REGION, BUNDLE_REGION, (void *)BUNDLE_REGION, bundle_region_used());
    put_objects(order, count);
    bundle_put(BUNDLE_PART_END, 0, NULL, 0);
    put_heat(variables);
    _exit(0);
}
