/* Conditions of threads (pthread_cond_t) that a recorded program has. Where their words lie differs between versions of the C
   library, so a start with another one makes them anew. */

#include "interposed.h"
#include "lifetime.h"
#include "world/world.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { MOST_CONDITIONS = 1 << 12 };

struct noted {
    struct bundle_condition condition;
    pthread_cond_t bytes; /* that the last call has left */
};

PER_PROCESS static struct {
    struct noted *rows; /* NULL before the first; not of the region */
    uint32_t count;
    bool is_full;
} noted;

PER_PROCESS static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *
take_room(size_t size)
{
    void *room = __real_mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return room == MAP_FAILED ? NULL : room;
}

/* The row of a condition, or a new one; NULL without room. */
static struct noted *
row_of(const pthread_cond_t *condition)
{
    for (uint32_t i = 0; i < noted.count; i++) {
        if (noted.rows[i].condition.address == (uint64_t)condition) {
            return &noted.rows[i];
        }
    }
    if (!noted.rows) {
        noted.rows = take_room(MOST_CONDITIONS * sizeof *noted.rows);
    }
    if (!noted.rows || noted.count == MOST_CONDITIONS) {
        noted.is_full = true;
        return NULL;
    }
    struct noted *row = &noted.rows[noted.count++];
    /* What nobody has made is one from PTHREAD_COND_INITIALIZER. */
    row->condition = (struct bundle_condition){.address = (uint64_t)condition, .clock = CLOCK_REALTIME};
    return row;
}

static void
note_made(const pthread_cond_t *condition, const pthread_condattr_t *attributes)
{
    clockid_t clock = CLOCK_REALTIME;
    int is_shared = PTHREAD_PROCESS_PRIVATE;
    if (attributes) {
        pthread_condattr_getclock(attributes, &clock);
        pthread_condattr_getpshared(attributes, &is_shared);
    }
    pthread_mutex_lock(&lock);
    struct noted *row = row_of(condition);
    if (row) {
        row->condition.clock = (uint32_t)clock;
        row->condition.is_shared = is_shared == PTHREAD_PROCESS_SHARED;
        row->bytes = *condition;
    }
    pthread_mutex_unlock(&lock);
}

static void
note_used(const pthread_cond_t *condition)
{
    pthread_mutex_lock(&lock);
    struct noted *row = row_of(condition);
    if (row) {
        row->bytes = *condition;
    }
    pthread_mutex_unlock(&lock);
}

static void
forget(const pthread_cond_t *condition)
{
    pthread_mutex_lock(&lock);
    for (uint32_t i = 0; i < noted.count; i++) {
        if (noted.rows[i].condition.address == (uint64_t)condition) {
            noted.rows[i] = noted.rows[--noted.count];
        }
    }
    pthread_mutex_unlock(&lock);
}

int
__wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes)
{
    int status = __real_pthread_cond_init(condition, attributes);
    if (bundle_is_recording() && status == 0) {
        note_made(condition, attributes);
    }
    return status;
}

int
__wrap_pthread_cond_destroy(pthread_cond_t *condition)
{
    if (bundle_is_recording()) {
        forget(condition);
    }
    return __real_pthread_cond_destroy(condition);
}

/* USE(name, parameters, arguments): what the C library does, noted. */
#define USE(name, parameters, arguments) \
    int __wrap_##name parameters \
    { \
        int status = __real_##name arguments; \
        if (bundle_is_recording()) { \
            note_used(condition); \
        } \
        return status; \
    }

USE(pthread_cond_signal, (pthread_cond_t * condition), (condition))
USE(pthread_cond_broadcast, (pthread_cond_t * condition), (condition))
USE(pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t *mutex), (condition, mutex))
USE(pthread_cond_timedwait, (pthread_cond_t * condition, pthread_mutex_t *mutex, const struct timespec *time),
    (condition, mutex, time))
USE(pthread_cond_clockwait,
    (pthread_cond_t * condition, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time),
    (condition, mutex, clock, time))

const struct bundle_condition *
bundle_conditions(bool (*is_recorded)(const void *address), uint32_t *count)
{
    struct bundle_condition *found = take_room((noted.count + 1) * sizeof *found);
    if (noted.is_full || !found) {
        return NULL;
    }
    *count = 0;
    for (uint32_t i = 0; i < noted.count; i++) {
        const struct noted *row = &noted.rows[i];
        const void *place = (const void *)row->condition.address;
        if (is_recorded(place)) {
            found[*count] = row->condition;
            found[(*count)++].is_intact = memcmp(&row->bytes, place, sizeof row->bytes) == 0;
        }
    }
    return found;
}
