/* Thread-local objects with constructors and destructors, and a key whose destructor uses thread-local storage. */

#include "module.h"

#include <pthread.h>
#include <unistd.h>

namespace {

void
note(const char *what)
{
    if (write(1, what, strlen(what)) < 0) {
        abort();
    }
}

thread_local char room[100000];

struct Noted {
    Noted() { note("thread-local object made\n"); }
    ~Noted() { note(room[5] ? "thread-local object ended\n" : "thread-local object ended, storage lost\n"); }
    int uses = 0;
};

thread_local Noted noted;

void
end_of_key(void *)
{
    note(room[5] ? "key ended\n" : "key ended, storage lost\n");
}

pthread_key_t key;
int made = pthread_key_create(&key, end_of_key);

} // namespace

static void
run(void)
{
    room[5]++;
    pthread_setspecific(key, room);
    say("%d %d %d", made, room[5], ++noted.uses);
}
