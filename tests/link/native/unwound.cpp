/* Threads that end in the middle of their work, and the frames of a stack: the C library asks the unwinder for them. */

#include "module.h"

#include <execinfo.h>
#include <pthread.h>
#include <unistd.h>

namespace {

struct Noted {
    const char *name;
    ~Noted()
    {
        say("destroyed %s\n", name);
    }
};

__attribute__((noinline)) void
end_thread()
{
    Noted inner{"inner"};
    pthread_exit(reinterpret_cast<void *>(7));
}

void *
ends(void *)
{
    Noted outer{"outer"};
    end_thread();
    return nullptr;
}

void *
waits(void *)
{
    Noted waiting{"waiting"};
    for (;;) {
        pause();
    }
}

void
note(void *name)
{
    say("cleaned up %s\n", static_cast<const char *>(name));
}

void *
waits_with_handler(void *)
{
    pthread_cleanup_push(note, const_cast<char *>("handler"));
    Noted inside{"inside"};
    for (;;) {
        pause();
    }
    pthread_cleanup_pop(0);
}

void *
result_of(void *(*function)(void *), bool is_cancelled)
{
    pthread_t thread;
    void *result = nullptr;
    if (pthread_create(&thread, nullptr, function, nullptr) != 0) {
        return nullptr;
    }
    if (is_cancelled) {
        usleep(50000);
        pthread_cancel(thread);
    }
    pthread_join(thread, &result);
    return result;
}

__attribute__((noinline)) bool
sees_callers()
{
    void *addresses[64];
    int count = backtrace(addresses, 64);
    return count > 4;
}

} // namespace

static void
run(void)
{
    say("ends with %ld\n", reinterpret_cast<long>(result_of(ends, false)));
    say("cancelled %d\n", result_of(waits, true) == PTHREAD_CANCELED);
    say("cancelled %d\n", result_of(waits_with_handler, true) == PTHREAD_CANCELED);
    say("frames %d\n", sees_callers());
}
