/* Destructors of thread-local C++ objects (Itanium C++ ABI, section 3.3.5), glibc 2.18.

   In older C libraries they run as destructors of a key of the thread, and those of the thread that calls `exit` as a
   function of atexit(3) that is registered with the first of them. */

#include "polyfill/polyfill.h"

#include <pthread.h>
#include <stdlib.h>

struct destructor {
    void (*function)(void *object);
    void *object;
    struct destructor *before;
};

static __thread struct destructor *latest;
PER_PROCESS static pthread_key_t key;
PER_PROCESS static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
run(void *unused)
{
    (void)unused;
    while (latest) { /* a destructor may register another */
        struct destructor *last = latest;
        latest = last->before;
        last->function(last->object);
        free(last);
    }
}

static void
run_at_exit(void)
{
    run(NULL);
}

static void
start(void)
{
    if (pthread_key_create(&key, run) != 0 || atexit(run_at_exit) != 0) {
        abort();
    }
}

int
__cxa_thread_atexit_impl(void (*function)(void *object), void *object, void *owner)
{
    __typeof__(&__cxa_thread_atexit_impl) own = OWN(__cxa_thread_atexit_impl);
    if (own) {
        return own(function, object, owner);
    }
    pthread_once(&once, start);
    struct destructor *added = malloc(sizeof *added);
    if (!added || pthread_setspecific(key, added) != 0) {
        abort(); /* as in the C library: the caller cannot be told */
    }
    *added = (struct destructor){function, object, latest};
    latest = added;
    return 0;
}
