/* What this program starts: if it is this same executable again, it is told so by a mark in its environment; others get
   copies of the files of ours that their arguments name (outside.c).

   The linker sends the exec calls of libpython and of the objects to the __wrap_ functions here. They run between fork
   (or vfork) and exec, so they allocate nothing but stack. See command.c for what the mark means. */

#include "process/children.h"

#include "executable/executable.h"
#include "files/files.h"
#include "interposed.h"
#include "lifetime.h"
#include "world/world.h"

#include <alloca.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <string.h>
#include <unistd.h>

PER_PROCESS static struct {
    int depth; /* how many starts of this executable by itself lead to this process */
    pid_t process;
} start;

void
bundle_children_start(int depth)
{
    start.depth = depth;
    start.process = getpid();
}

int
bundle_children_depth(void)
{
    return start.depth;
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

static void
write_mark(char *mark, int depth)
{
    depth = depth > 99 ? 99 : depth;
    char *end = stpcpy(mark, BUNDLE_MARK "=");
    if (depth > 9) {
        *end++ = (char)('0' + depth / 10);
    }
    *end++ = (char)('0' + depth % 10);
    *end = '\0';
}

/* The environment of `count` entries with the mark, in `room`: two pointers more, and MARK_SIZE bytes. A program that
   replaces itself goes no deeper. */
static char *const *
with_mark(char **room, char *const *environment, size_t count, bool is_child)
{
    int depth = start.depth + (is_child || start.depth == 0);
    char *mark = (char *)(room + count + 2);
    write_mark(mark, depth);
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

/* --- Arguments --------------------------------------------------------------------------------------------------- */

/* Where a path of ours begins in a text; NULL when there is none. */
static const char *
path_within(const char *text)
{
    static const size_t length = sizeof BUNDLE_ROOT - 1;
    while ((text = strstr(text, BUNDLE_ROOT)) && (isalnum((unsigned char)text[length]) || text[length] == '_')) {
        text++; /* a longer name */
    }
    return text;
}

/* Does a program lie in the same package as a path of ours? */
static bool
is_of_package(const char *program, const char *path)
{
    static const size_t root = sizeof BUNDLE_ROOT; /* with the slash behind */
    if (strncmp(program, BUNDLE_ROOT "/", root) != 0) {
        return false;
    }
    size_t length = root + strcspn(program + root, "/");
    return program[length] && strncmp(program, path, length + 1) == 0;
}

/* A text that is written as far as there is room. */
struct text {
    char *room;
    size_t size;
    size_t length; /* with what does not fit */
};

static void
add(struct text *text, const char *more, size_t length)
{
    if (text->room && text->length + length <= text->size) {
        memcpy(text->room + text->length, more, length);
    }
    text->length += length;
}

/* Write an argument for `program` with the paths of ours in it replaced by those of copies; those of nothing stay. An
   argument that begins with a path is one; else it may be a shell's. How many paths it had. */
static size_t
add_argument(struct text *text, const char *program, const char *argument)
{
    size_t paths = 0;
    const char *rest = argument;
    for (const char *found; (found = path_within(rest)); paths++) {
        char path[PATH_MAX];
        char copy[PATH_MAX];
        size_t length = found == argument ? strlen(found) : strcspn(found, " \t\n\"':;,|&<>()");
        bool is_path = length < sizeof path;
        if (is_path) {
            *(char *)mempcpy(path, found, length) = '\0';
        }
        bool with_neighbours = is_path && is_of_package(program, path);
        bool is_copied = is_path && bundle_copy_outside(path, with_neighbours, copy) == 0;
        add(text, rest, (size_t)(found - rest));
        add(text, is_copied ? copy : found, is_copied ? strlen(copy) : length);
        rest = found + length;
    }
    add(text, rest, strlen(rest) + 1);
    return paths;
}

/* The room for arguments in which paths of ours are those of copies; 0 when there are no such paths. */
static size_t
room_for_copies(const char *program, char *const *argv)
{
    struct text text = {NULL, 0, 0};
    size_t paths = 0;
    for (size_t i = 0; argv && argv[i]; i++) {
        paths += path_within(argv[i]) ? add_argument(&text, program, argv[i]) : 0;
    }
    return paths ? (length_of(argv) + 1) * sizeof *argv + text.length : 0;
}

/* Those arguments, in such a room. */
static char *const *
with_copies(const char *program, char *const *argv, char **room, size_t size)
{
    size_t count = length_of(argv);
    struct text text = {(char *)(room + count + 1), size - (count + 1) * sizeof *room, 0};
    for (size_t i = 0; i < count; i++) {
        char *written = text.room + text.length;
        room[i] = argv[i];
        if (path_within(argv[i])) {
            add_argument(&text, program, argv[i]);
            /* Longer than before when the copy is elsewhere now: then it has no room. */
            room[i] = text.length <= text.size ? written : argv[i];
        }
    }
    room[count] = NULL;
    return room;
}

/* Make `argv` one in which paths of ours are those of copies, on the caller's stack. */
#define COPY_PATHS(program, argv) \
    size_t size_ = room_for_copies(program, argv); \
    if (size_) { \
        argv = with_copies(program, argv, alloca(size_), size_); \
    }

/* --- What libpython and objects call instead of the C library's ----------------------------------------------- */

/* A program of ours, such as a wheel's helper, is copied too. */
static int
exec_copy(const char *path, char *const *argv, char *const *environment)
{
    char copy[PATH_MAX];
    const struct bundle_file *file = bundle_find_file(path);
    if (file && !file->is_executable) {
        errno = EACCES;
        return -1;
    }
    return file && bundle_copy_outside(path, true, copy) == 0 ? __real_execve(copy, argv, environment) : -1;
}

int
__wrap_execve(const char *path, char *const *argv, char *const *environment)
{
    if (is_this_program(path)) {
        return __real_execve(path, argv, MARKED(environment));
    }
    COPY_PATHS(path, argv);
    return bundle_is_ours(path) ? exec_copy(path, argv, environment) : __real_execve(path, argv, environment);
}

/* WRAP_EXEC(name, parameters, arguments, environment): the other forms that begin with a path and argv. */
#define WRAP_EXEC(name, parameters, arguments, environment) \
    int __wrap_##name parameters \
    { \
        if (is_this_program(path) || bundle_is_ours(path)) { \
            return __wrap_execve(path, argv, environment); \
        } \
        COPY_PATHS(path, argv); \
        return __real_##name arguments; \
    }

WRAP_EXEC(execv, (const char *path, char *const *argv), (path, argv), environ)
WRAP_EXEC(execvp, (const char *path, char *const *argv), (path, argv), environ)
WRAP_EXEC(execvpe, (const char *path, char *const *argv, char *const *variables), (path, argv, variables), variables)

#define WRAP_SPAWN(name) \
    int __wrap_##name(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions, \
                      const posix_spawnattr_t *attributes, char *const *argv, char *const *environment) \
    { \
        if (bundle_is_recording()) { \
            bundle_note("child", path); \
            return EAGAIN; \
        } \
        if (is_this_program(path)) { \
            return __real_##name(pid, path, actions, attributes, argv, MARKED_FOR(environment, true)); \
        } \
        COPY_PATHS(path, argv); \
        char copy[PATH_MAX]; \
        if (bundle_is_ours(path)) { \
            if (bundle_copy_outside(path, true, copy) < 0) { \
                return errno; \
            } \
            path = copy; \
        } \
        return __real_##name(pid, path, actions, attributes, argv, environment); \
    }

WRAP_SPAWN(posix_spawn)
WRAP_SPAWN(posix_spawnp)

/* A program that is given by a descriptor. */

int
__wrap_fexecve(int fd, char *const *argv, char *const *environment)
{
    return __real_fexecve(fd, argv, bundle_is_own_descriptor(fd) ? MARKED(environment) : environment);
}
