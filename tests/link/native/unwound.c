/* As unwound.cpp, of a module that itself needs no unwinder. */

#include "module.h"

#include <execinfo.h>
#include <pthread.h>
#include <unistd.h>

static void
note(void *name)
{
    say("cleaned up %s\n", (const char *)name);
}

static void *
ends(void *nothing)
{
    pthread_cleanup_push(note, "handler");
    if (!nothing) {
        pthread_exit((void *)7);
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void *
waits(void *nothing)
{
    pthread_cleanup_push(note, "waiting");
    while (!nothing) {
        pause();
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void
run(void)
{
    pthread_t thread;
    void *result = NULL;
    pthread_create(&thread, NULL, ends, NULL);
    pthread_join(thread, &result);
    say("ends with %ld\n", (long)result);
    pthread_create(&thread, NULL, waits, NULL);
    usleep(50000);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    void *addresses[64];
    say("cancelled %d, frames %d\n", result == PTHREAD_CANCELED, backtrace(addresses, 64) > 4);
}
