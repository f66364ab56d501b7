/* Where constructors of objects that each start constructs itself get memory from while a program is recorded (loader/fresh.c).

   Such memory is in no recording. It lies elsewhere in each process, so that who keeps an address of it is found when
   recordings are compared. Threads that such constructors start wait before they begin: the recorded program goes on without
   them, and nothing changes beside it. */

#include "world/arena.h"
#include "interposed.h"
#include "lifetime.h"
#include "machine.h"
#include "world/world.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { UNIT = 16 };

/* Milliseconds after which a thread begins although it should not: a constructor that takes so long waits for it. */
enum { PATIENCE = 5000, STEP = 10 };

#define ROOM (16ul << 30)

PER_PROCESS static struct {
    char *start;
    uint64_t used;
    _Atomic bool is_open;
    _Atomic(const char *) spoiled;
    _Atomic uint32_t waiting; /* threads */
} arena;

PER_PROCESS static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

bool
bundle_open_arena(void)
{
    if (!arena.start) {
        void *room =
            __real_mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        arena.start = room == MAP_FAILED ? NULL : room;
    }
    arena.used = (arena.used + MACHINE_PAGE - 1) & ~(uint64_t)(MACHINE_PAGE - 1);
    arena.is_open = arena.start != NULL;
    return arena.is_open;
}

void
bundle_close_arena(void)
{
    arena.is_open = false;
}

bool
bundle_is_arena_open(void)
{
    return arena.is_open;
}

bool
bundle_in_arena(const void *address)
{
    return arena.start && (uint64_t)((const char *)address - arena.start) < arena.used;
}

struct bundle_range
bundle_arena(void)
{
    return (struct bundle_range){(uint64_t)arena.start, arena.used};
}

void
bundle_spoil_arena(const char *why)
{
    arena.spoiled = why;
}

const char *
bundle_take_spoiled(void)
{
    return atomic_exchange(&arena.spoiled, NULL);
}

void *
bundle_take_from_arena(uint64_t size, uint64_t alignment, uint64_t head)
{
    pthread_mutex_lock(&lock);
    uint64_t place = ((uint64_t)arena.start + arena.used + head + alignment - 1) & ~(alignment - 1);
    uint64_t end = place - (uint64_t)arena.start + size;
    bool fits = size < ROOM && end <= ROOM;
    if (fits) {
        arena.used = (end + UNIT - 1) & ~(uint64_t)(UNIT - 1);
    }
    pthread_mutex_unlock(&lock);
    if (!fits) {
        errno = ENOMEM;
    }
    return fits ? (void *)place : NULL;
}

/* --- Variables -------------------------------------------------------------------------------------------------------- */

enum { MOST_VARIABLES = 1024 };

PER_PROCESS static struct {
    const char *name;
    const char *value; /* NULL: it was not set */
} asked[MOST_VARIABLES];
PER_PROCESS static uint32_t asked_count;

static const char *
kept(const char *text)
{
    char *copy = text ? bundle_take_from_arena(strlen(text) + 1, UNIT, 0) : NULL;
    return copy ? strcpy(copy, text) : NULL;
}

void
bundle_note_variable(const char *name, const char *value)
{
    if (!arena.is_open) {
        return;
    }
    if (asked_count == MOST_VARIABLES) {
        bundle_spoil_arena("it asks for too many variables");
        return;
    }
    asked[asked_count].name = kept(name);
    asked[asked_count++].value = kept(value);
}

void
bundle_compare_variables(void)
{
    for (uint32_t i = 0; i < asked_count; i++) {
        const char *now = asked[i].name ? __real_getenv(asked[i].name) : NULL;
        const char *then = asked[i].value;
        if ((now == NULL) != (then == NULL) || (now && strcmp(now, then) != 0)) {
            bundle_spoil_arena("a variable that it asks for is changed when it is loaded");
        }
    }
}

/* --- Threads --------------------------------------------------------------------------------------------------------- */

struct beginning {
    void *(*function)(void *);
    void *argument;
};

static void
sleep_for(long milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static void *
wait_to_begin(void *given)
{
    struct beginning *beginning = given;
    sigset_t signals;
    sigfillset(&signals);
    sigdelset(&signals, SIGSYS); /* calls are stopped by one of these */
    sigdelset(&signals, SIGILL);
    __real_pthread_sigmask(SIG_SETMASK, &signals, NULL);
    for (int waited = 0; waited < PATIENCE; waited += STEP) {
        sleep_for(STEP);
        while (!arena.is_open) {
            sleep_for(60000);
        }
    }
    bundle_spoil_arena("it waits for a thread when it is loaded");
    arena.waiting--;
    return beginning->function(beginning->argument);
}

int
bundle_start_waiting(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument)
{
    struct beginning *beginning = bundle_take_from_arena(sizeof *beginning, UNIT, 0);
    if (!beginning) {
        return EAGAIN;
    }
    *beginning = (struct beginning){function, argument};
    int status = __real_pthread_create(thread, attributes, wait_to_begin, beginning);
    arena.waiting += status == 0;
    return status;
}

uint32_t
bundle_waiting_threads(void)
{
    return arena.waiting;
}
