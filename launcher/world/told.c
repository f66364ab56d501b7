/* What a recorded program tells the C library, which is in no recording: keys for values of threads, and functions to be
   called at an exit or a fork. A restored process tells it the same. */

#include "interposed.h"
#include "lifetime.h"
#include "world/arena.h"
#include "world/world.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/mman.h>

enum { MOST_KEYS = 256, MOST_CALLS = 1 << 17 };

PER_PROCESS static struct {
    struct bundle_key keys[MOST_KEYS];
    struct bundle_call *calls; /* NULL before the first; not of the region, and not in the file of each program */
    uint32_t key_count;
    uint32_t call_count;
    uint64_t changes;
    bool is_early_over;
} told;

void
bundle_note_calls(void)
{
    told.is_early_over = true;
    for (int i = 0; i < BUNDLE_SPARE_KEYS; i++) {
        pthread_key_t spare;
        __real_pthread_key_create(&spare, NULL);
    }
}

static uint64_t
thread_pointer(void)
{
    return (uint64_t)__builtin_thread_pointer();
}

int
__wrap_pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    int status = __real_pthread_key_create(key, destructor);
    told.changes++;
    if (bundle_is_arena_open()) {
        bundle_spoil_arena("it makes a key of threads when it is loaded"); /* their numbers must be the recorded ones */
    }
    bool is_noted = bundle_is_recording() || !told.is_early_over;
    if (is_noted && status == 0 && told.key_count < MOST_KEYS) {
        told.keys[told.key_count++] = (struct bundle_key){*key, !told.is_early_over, (uint64_t)destructor, 0};
    }
    return status;
}

int
__wrap_pthread_key_delete(pthread_key_t key)
{
    for (uint32_t i = 0; i < told.key_count; i++) {
        if (told.keys[i].key == key) {
            told.keys[i] = told.keys[--told.key_count];
        }
    }
    return __real_pthread_key_delete(key);
}

const struct bundle_key *
bundle_early_keys(uint32_t *count)
{
    told.is_early_over = true;
    *count = told.key_count;
    return told.keys;
}

static void
note_call(struct bundle_call call)
{
    told.changes++;
    if (!told.is_early_over || bundle_is_arena_open()) { /* constructors tell it themselves at each start */
        return;
    }
    if (!told.calls) {
        void *room = __real_mmap(NULL, MOST_CALLS * sizeof *told.calls, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        told.calls = room == MAP_FAILED ? NULL : room;
    }
    if (!told.calls || told.call_count == MOST_CALLS) {
        bundle_note("too-many-calls", NULL);
        return;
    }
    told.calls[told.call_count++] = call;
}

int
__wrap___cxa_atexit(void (*function)(void *), void *argument, void *object)
{
    if (bundle_is_recording()) {
        note_call(
            (struct bundle_call){BUNDLE_CALL_EXIT, 0, (uint64_t)function, (uint64_t)argument, 0, (uint64_t)object});
    }
    return __real___cxa_atexit(function, argument, object);
}

int
__wrap___register_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void), void *object)
{
    if (bundle_is_recording()) {
        note_call((struct bundle_call){BUNDLE_CALL_FORK, 0, (uint64_t)prepare, (uint64_t)parent, (uint64_t)child,
                                       (uint64_t)object});
    }
    return __real___register_atfork(prepare, parent, child, object);
}

void
bundle_note_construction(uint32_t object)
{
    note_call((struct bundle_call){BUNDLE_CALL_CONSTRUCT, 0, 0, 0, 0, object});
}

/* Thread-local variables of the executable lie around the thread pointer, elsewhere in each process. */
enum { MOST_DISTANCE = 1 << 20 };

int
__wrap___cxa_thread_atexit_impl(void (*function)(void *), void *argument, void *object)
{
    if (bundle_is_recording()) {
        uint64_t distance = (uint64_t)argument - thread_pointer();
        bool is_local = distance + MOST_DISTANCE < 2 * MOST_DISTANCE;
        note_call((struct bundle_call){BUNDLE_CALL_THREAD_EXIT, is_local, (uint64_t)function,
                                       is_local ? distance : (uint64_t)argument, 0, (uint64_t)object});
    }
    return __real___cxa_thread_atexit_impl(function, argument, object);
}

uint64_t
bundle_world_changes(void)
{
    return told.changes + bundle_blocks_taken();
}

void
bundle_call_fork_handlers(void)
{
    for (uint32_t i = told.call_count; i-- > 0;) {
        if (told.calls[i].kind == BUNDLE_CALL_FORK && told.calls[i].function) {
            ((void (*)(void))told.calls[i].function)();
        }
    }
}

struct bundle_told
bundle_told(void)
{
    for (uint32_t i = 0; i < told.key_count; i++) {
        told.keys[i].value = (uint64_t)pthread_getspecific(told.keys[i].key);
    }
    return (struct bundle_told){told.keys, told.calls, told.key_count, told.call_count};
}
