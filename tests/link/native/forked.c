/* Handlers of fork, registered when the module is loaded. */

#include "module.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static int prepared, of_parent, of_child;

static void
prepare(void)
{
    prepared++;
}

static void
parent(void)
{
    of_parent++;
}

static void
child(void)
{
    of_child++;
}

__attribute__((constructor)) static void
construct(void)
{
    pthread_atfork(prepare, parent, child);
}

static void
run(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        _exit(10 * prepared + of_child + (of_parent ? 100 : 0));
    }
    int status = 0;
    waitpid(pid, &status, 0);
    say("parent %d %d %d, child %d", prepared, of_parent, of_child, WEXITSTATUS(status));
}
