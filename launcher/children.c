/* What this program starts: if it is this same executable again, it is told so by a mark in its environment.

   The linker sends the exec calls of libpython and of the images to the __wrap_ functions here. They run between fork
   (or vfork) and exec, so they allocate nothing but stack. See command.c for what the mark means. */

#include "command.h"
#include "launcher.h"

#include <alloca.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

static struct {
    int depth; /* how many starts of this executable by itself lead to this process */
    pid_t process;
} start;

void
bundle_children_start(int depth)
{
    start.depth = depth;
    start.process = getpid();
}

static size_t
length_of(char *const *environment)
{
    size_t count = 0;
    while (environment && environment[count]) {
        count++;
    }
    return count;
}

enum { MARK_SIZE = sizeof BUNDLE_MARK "=99" };

/* The environment of `count` entries with the mark, in `room`: two pointers more, and MARK_SIZE bytes. A program that
   replaces itself goes no deeper. */
static char *const *
with_mark(char **room, char *const *environment, size_t count, bool is_child)
{
    int depth = start.depth + (is_child || start.depth == 0);
    depth = depth > 99 ? 99 : depth;
    char *mark = (char *)(room + count + 2);
    char *end = stpcpy(mark, BUNDLE_MARK "=");
    if (depth > 9) {
        *end++ = (char)('0' + depth / 10);
    }
    *end++ = (char)('0' + depth % 10);
    *end = '\0';
    if (count) {
        memcpy(room, environment, count * sizeof *room);
    }
    room[count] = mark;
    room[count + 1] = NULL;
    return room;
}

#define MARKED_FOR(environment, is_child) \
    with_mark(alloca((length_of(environment) + 2) * sizeof(char *) + MARK_SIZE), environment, length_of(environment), \
              is_child)
#define MARKED(environment) MARKED_FOR(environment, getpid() != start.process)

/* Names without a slash are looked up on PATH: nobody starts sys.executable like that. */
static bool
is_this_program(const char *path)
{
    return path && strchr(path, '/') && bundle_is_own_file(path);
}

int __real_execve(const char *path, char *const *argv, char *const *environment);
int __wrap_execve(const char *path, char *const *argv, char *const *environment);

int
__wrap_execve(const char *path, char *const *argv, char *const *environment)
{
    return __real_execve(path, argv, is_this_program(path) ? MARKED(environment) : environment);
}

/* WRAP_EXEC(name, parameters, arguments): the forms of which path and argv come first and the rest is the C library's. */
#define WRAP_EXEC(name, parameters, arguments, environment) \
    int __real_##name parameters; \
    int __wrap_##name parameters; \
    int __wrap_##name parameters \
    { \
        return is_this_program(path) ? __real_execve(path, argv, MARKED(environment)) : __real_##name arguments; \
    }

WRAP_EXEC(execv, (const char *path, char *const *argv), (path, argv), environ)
WRAP_EXEC(execvp, (const char *path, char *const *argv), (path, argv), environ)
WRAP_EXEC(execvpe, (const char *path, char *const *argv, char *const *variables), (path, argv, variables), variables)

#define WRAP_SPAWN(name) \
    int __real_##name(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, \
                      const posix_spawnattr_t *attributes, char *const *argv, char *const *environment); \
    int __wrap_##name(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, \
                      const posix_spawnattr_t *attributes, char *const *argv, char *const *environment); \
    int __wrap_##name(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, \
                      const posix_spawnattr_t *attributes, char *const *argv, char *const *environment) \
    { \
        return __real_##name(pid, path, actions, attributes, argv, \
                             is_this_program(path) ? MARKED_FOR(environment, true) : environment); \
    }

WRAP_SPAWN(posix_spawn)
WRAP_SPAWN(posix_spawnp)

/* A program that is given by a descriptor. */
int __real_fexecve(int fd, char *const *argv, char *const *environment);
int __wrap_fexecve(int fd, char *const *argv, char *const *environment);

int
__wrap_fexecve(int fd, char *const *argv, char *const *environment)
{
    return __real_fexecve(fd, argv, bundle_is_own_descriptor(fd) ? MARKED(environment) : environment);
}
