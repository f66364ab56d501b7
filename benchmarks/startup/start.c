/* Starts a program once, its streams on /dev/null; prints nanoseconds from start to end, the peak of resident memory in
   KiB and the wait status. Small itself: a child's peak begins with what its parent had. */

#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long long
now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

int
main(int count, char **arguments)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (int stream = 0; stream < 3; stream++) {
        posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
    }
    pid_t process;
    int status;
    struct rusage usage;
    long long started = now();
    if (count < 2 || posix_spawn(&process, arguments[1], &actions, NULL, arguments + 1, environ) != 0
        || wait4(process, &status, 0, &usage) < 0) {
        return 1;
    }
    printf("%lld %ld %d\n", now() - started, usage.ru_maxrss, status);
    return 0;
}
