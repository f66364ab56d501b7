/* What a recorded program asks of the machine, answered in the same way in each recording; and what it would change there.

   Each answer is noted, with its kind. A recording with other answers shows who keeps one, and what nobody keeps does no
   harm (bundler/snapshot). Answers follow the request that the build has written into its copy of the executable. */

#include "interposed.h"
#include "lifetime.h"
#include "machine.h"
#include "world/arena.h"
#include "world/calls.h"
#include "world/notes.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <langinfo.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

/* For every recording in the end, so that what is done again at a start leaves the same in each. */
static const struct bundle_answers alike = {
    .time = 1000000000000000,
    .entropy = 1,
    .process = 0x3ffffff0,
    .user = 0x3ffffff0,
    .processors = 1,
    .own_path = "/",
    .folder = "/",
    .host = "localhost",
};

enum { MOST_TAKERS = 64 };

/* So often the same answer is given where answers repeat; then who waits for another gets one. */
enum { MOST_REPEATED = 4096 };

/* GRND_INSECURE, which headers of C libraries before 2.32 lack (Linux, include/uapi/linux/random.h). */
enum { INSECURE = 4 };

PER_PROCESS static struct {
    bool is_alike;
    bool is_restored;                /* the machine is the one on which a start is tried */
    uint64_t questions;              /* of the time */
    uint64_t entropy;                /* taken already */
    const void *takers[MOST_TAKERS]; /* code that took some */
    uint32_t taker_count;
    uint64_t steady;
} given;

static const struct bundle_answers *
answers(void)
{
    const struct bundle_request *request = bundle.snapshot->request;
    return given.is_alike ? &alike : given.is_restored ? request->restored : request->answers;
}

void
bundle_answer_alike(void)
{
    PER_PROCESS static char home[] = "HOME=/";
    PER_PROCESS static char locale[] = "LANG=C.UTF-8";
    PER_PROCESS static char zone[] = "TZ=UTC0";
    PER_PROCESS static char *variables[] = {home, locale, zone, NULL};
    environ = variables;
    given.is_alike = true;
    given.questions = given.entropy = 0;
}

/* The variable NAME=VALUE among some that has the name of another; NULL: none has. */
static const char *
namesake(const char *const *variables, const char *other)
{
    size_t length = strcspn(other, "=");
    while (*variables && (strncmp(*variables, other, length) != 0 || strcspn(*variables, "=") != length)) {
        variables++;
    }
    return *variables;
}

/* Has the program set a variable, or taken it away? */
static bool
is_changed(const char *variable, const char *const *first, const char *const *now)
{
    const char *before = namesake(first, variable), *after = namesake(now, variable);
    return before && after ? strcmp(before, after) != 0 : before != after;
}

static size_t
count_variables(const char *const *variables)
{
    size_t count = 0;
    while (variables[count]) {
        count++;
    }
    return count;
}

/* The environment of another machine, with what the program has changed since it began; NULL: no memory. */
static char **
changed_environment(const char *const *first, const char *const *now, const char *const *other)
{
    char **made = calloc(count_variables(now) + count_variables(other) + 1, sizeof *made);
    size_t count = 0;
    for (const char *const *each = other; made && *each; each++) {
        if (!is_changed(*each, first, now)) {
            made[count++] = (char *)*each;
        }
    }
    for (const char *const *each = now; made && *each; each++) {
        if (is_changed(*each, first, now)) {
            made[count++] = (char *)*each;
        }
    }
    return made;
}

bool
bundle_has_every_argument(void)
{
    return answers()->has_every_argument;
}

void
bundle_answer_restored(void)
{
    const struct bundle_request *request = bundle.snapshot->request;
    environ = changed_environment(request->answers->environment, (const char *const *)environ,
                                  request->restored->environment);
    given.is_restored = true;
    given.questions = given.entropy = 0;
}

/* ASK(type, name, parameters, arguments, kind, answer): `answer` while recording, else the C library's. ASK_FOR has a detail for
   the note, too. */
#define ASK_FOR(type, name, parameters, arguments, kind, detail, answer) \
    type __wrap_##name parameters \
    { \
        if (!bundle_is_recording()) { \
            return __real_##name arguments; \
        } \
        bundle_note(kind, detail); \
        return answer; \
    }
#define ASK(type, name, parameters, arguments, kind, answer) \
    ASK_FOR(type, name, parameters, arguments, kind, NULL, answer)

/* --- Identity -------------------------------------------------------------------------------------------------- */

/* A process number that no process has (the highest is 2^22): who remembers it to notice a fork, as OpenSSL's generators
   of random numbers do, finds another in a restored process and starts afresh. */
ASK(pid_t, getpid, (void), (), "process", (pid_t)answers()->process)
ASK(pid_t, getppid, (void), (), "process", (pid_t)answers()->process + 1)
ASK(pid_t, gettid, (void), (), "thread-number", (pid_t)answers()->process) /* as in every main thread */
ASK(pid_t, getpgrp, (void), (), "process", (pid_t)answers()->process)
ASK(pid_t, getsid, (pid_t process), (process), "process", (pid_t)answers()->process)
ASK(pid_t, getpgid, (pid_t process), (process), "process", (pid_t)answers()->process)
ASK(uid_t, getuid, (void), (), "user", answers()->user)
ASK(uid_t, geteuid, (void), (), "user", answers()->user)
ASK(gid_t, getgid, (void), (), "user", answers()->user)
ASK(gid_t, getegid, (void), (), "user", answers()->user)

/* By the terminal, or by a file of the kernel's. */
static int
fill_login(char *out, size_t size)
{
    return snprintf(out, size, "user%u", (unsigned)answers()->user) < (int)size ? 0 : ERANGE;
}

ASK(int, getlogin_r, (char *out, size_t size), (out, size), "user", fill_login(out, size))

static char *
login(void)
{
    PER_PROCESS static char room[16];
    fill_login(room, sizeof room);
    return room;
}

ASK(char *, getlogin, (void), (), "user", login())

static int
fill_host(char *out, size_t size)
{
    if (strlen(answers()->host) >= size) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(out, answers()->host);
    return 0;
}

ASK(int, gethostname, (char *out, size_t size), (out, size), "host", fill_host(out, size))

static int
describe_system(struct utsname *out)
{
    memset(out, 0, sizeof *out);
    strcpy(out->sysname, "Linux"); /* what is the same wherever the executable runs */
    strcpy(out->machine, MACHINE_NAME);
    fill_host(out->nodename, sizeof out->nodename);
    snprintf(out->release, sizeof out->release, "%d.0", 3 + (int)(answers()->user & 3));
    snprintf(out->version, sizeof out->version, "#%d", (int)(answers()->user & 7));
    return 0;
}

ASK(int, uname, (struct utsname * out), (out), "system", describe_system(out))

/* --- Chance ---------------------------------------------------------------------------------------------------- */

/* Is it code of an object that is steady by a rule? */
static bool
is_of_steady_object(const void *code)
{
    const struct bundle_request *request = bundle.snapshot->request;
    for (uint32_t i = 0; !given.is_alike && i < request->steady_object_count; i++) {
        const struct bundle_object *object = &bundle.objects[request->steady_objects[i]];
        if ((uint64_t)code >= object->base && (uint64_t)code < object->end) {
            return true;
        }
    }
    return false;
}

/* Bytes that nobody wants to be secret (getrandom(2), GRND_INSECURE), and those of modules that are steady by a rule, are the
   same in each recording: Rust's standard library asks for seeds of its hash maps so. `caller`: the code that asks. */
static void
fill_with_chance(unsigned char *bytes, size_t size, unsigned flags, const void *caller)
{
    uint32_t owner = bundle_set_owner(0);
    bundle_set_owner(owner);
    bool is_steady = owner & BUNDLE_STEADY || flags & INSECURE || is_of_steady_object(caller);
    bool repeats = answers()->is_tried && given.entropy < MOST_REPEATED;
    uint64_t taken = repeats ? 0 : given.entropy;
    given.entropy += repeats ? 1 : size;
    for (size_t i = 0; i < size; i++) {
        /* splitmix64 */
        uint64_t value = is_steady ? given.steady++ : (answers()->entropy << 32) + taken + i;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
        value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
        bytes[i] = (unsigned char)(value >> 31);
    }
}

long
bundle_answer_with_chance(void *bytes, size_t size, unsigned flags, const void *caller)
{
    bundle_note("entropy", NULL);
    if (given.taker_count < MOST_TAKERS) {
        given.takers[given.taker_count++] = caller;
    }
    fill_with_chance(bytes, size, flags, caller);
    return (long)size;
}

bool
bundle_took_chance(uint64_t address, uint64_t end)
{
    bool is_found = false;
    for (uint32_t i = 0; i < given.taker_count; i++) {
        is_found |= (uint64_t)given.takers[i] >= address && (uint64_t)given.takers[i] < end;
    }
    return is_found;
}

ssize_t
__wrap_getrandom(void *bytes, size_t size, unsigned flags)
{
    return bundle_is_recording() ? bundle_answer_with_chance(bytes, size, flags, __builtin_return_address(0))
                                 : __real_getrandom(bytes, size, flags);
}

int
__wrap_getentropy(void *bytes, size_t size)
{
    if (!bundle_is_recording()) {
        return __real_getentropy(bytes, size);
    }
    bundle_answer_with_chance(bytes, size, 0, __builtin_return_address(0));
    return 0;
}

/* --- Time ------------------------------------------------------------------------------------------------------ */

/* Microseconds since 1970. It goes on by one with each question, so that who waits for it does not wait forever. */
static uint64_t
now(void)
{
    uint64_t questions = given.questions++;
    if (answers()->is_tried) {
        questions = questions < MOST_REPEATED ? 0 : questions - MOST_REPEATED;
    }
    return answers()->time + questions;
}

time_t
__wrap_time(time_t *out)
{
    if (!bundle_is_recording()) {
        return __real_time(out);
    }
    bundle_note("time", NULL);
    time_t seconds = (time_t)(now() / 1000000);
    if (out) {
        *out = seconds;
    }
    return seconds;
}

int
__wrap_gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    if (!bundle_is_recording()) {
        return __real_gettimeofday(out, zone);
    }
    bundle_note("time", NULL);
    uint64_t time = now();
    *out = (struct timeval){(time_t)(time / 1000000), (suseconds_t)(time % 1000000)};
    return 0;
}

int
__wrap_clock_gettime(clockid_t clock, struct timespec *out)
{
    if (!bundle_is_recording()) {
        return __real_clock_gettime(clock, out);
    }
    bundle_note(clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE ? "time" : "clock", NULL);
    uint64_t time = now();
    *out = (struct timespec){(time_t)(time / 1000000), (long)(time % 1000000) * 1000};
    return 0;
}

int
__wrap_timespec_get(struct timespec *out, int base)
{
    return bundle_is_recording() && base == TIME_UTC ? (__wrap_clock_gettime(CLOCK_REALTIME, out), base)
                                                     : __real_timespec_get(out, base);
}

ASK(clock_t, clock, (void), (), "clock", (clock_t)now())

clock_t
__wrap_times(struct tms *out)
{
    if (!bundle_is_recording()) {
        return __real_times(out);
    }
    bundle_note("clock", NULL);
    *out = (struct tms){0};
    return (clock_t)now();
}

/* The C library reads TZ itself. What it makes of it is the answer of this machine to all who ask for local time. */
#define ASK_ZONE(type, name, parameters, arguments) \
    type __wrap_##name parameters \
    { \
        if (bundle_is_recording()) { \
            bundle_note("variable", "TZ"); \
        } \
        return __real_##name arguments; \
    }

ASK_ZONE(struct tm *, localtime, (const time_t *time), (time))
ASK_ZONE(struct tm *, localtime_r, (const time_t *time, struct tm *out), (time, out))
ASK_ZONE(char *, ctime, (const time_t *time), (time))
ASK_ZONE(char *, ctime_r, (const time_t *time, char *out), (time, out))
ASK_ZONE(time_t, mktime, (struct tm * parts), (parts))
ASK_ZONE(time_t, timelocal, (struct tm * parts), (parts))

/* --- The machine ------------------------------------------------------------------------------------------------ */

long
__wrap_sysconf(int name)
{
    if (!bundle_is_recording()) {
        return __real_sysconf(name);
    }
    if (name == _SC_NPROCESSORS_ONLN || name == _SC_NPROCESSORS_CONF) {
        bundle_note("processors", NULL);
        return answers()->processors;
    }
    if (name == _SC_PHYS_PAGES || name == _SC_AVPHYS_PAGES) {
        bundle_note("memory", NULL);
        return (long)answers()->processors << 20;
    }
    if (name == _SC_OPEN_MAX || name == _SC_CHILD_MAX || name == _SC_ARG_MAX) {
        bundle_note("limits", NULL);
        return 1024l * answers()->processors;
    }
#ifdef _SC_MINSIGSTKSZ
    if (name == _SC_MINSIGSTKSZ || name == _SC_SIGSTKSZ) {
        bundle_note("auxiliary", NULL);
        return name == _SC_MINSIGSTKSZ ? BUNDLE_SIGNAL_STACK : 4 * BUNDLE_SIGNAL_STACK;
    }
#endif
    if (name >= _SC_LEVEL1_ICACHE_SIZE && name <= _SC_LEVEL4_CACHE_LINESIZE) {
        bundle_note("processors", NULL);
        return 64l * answers()->processors;
    }
    return __real_sysconf(name); /* what never changes on this kind of machine */
}

static int
fill_processors(size_t size, cpu_set_t *out)
{
    memset(out, 0, size);
    for (uint32_t i = 0; i < answers()->processors; i++) {
        CPU_SET_S(i, size, out);
    }
    return 0;
}

ASK_FOR(int, sched_getaffinity, (pid_t process, size_t size, cpu_set_t *out), (process, size, out), "processors",
        "affinity", fill_processors(size, out))

ASK(int, sched_getcpu, (void), (), "processors", (int)answers()->processors - 1)

/* --- The C library ----------------------------------------------------------------------------------------------- */

ASK(const char *, gnu_get_libc_version, (void), (), "c-library", __real_gnu_get_libc_version())
ASK(const char *, gnu_get_libc_release, (void), (), "c-library", __real_gnu_get_libc_release())

/* All other answers are the same with every version. */
static void
note_configuration(int name)
{
    if (bundle_is_recording() && (name == _CS_GNU_LIBC_VERSION || name == _CS_GNU_LIBPTHREAD_VERSION)) {
        bundle_note("c-library", NULL);
    }
}

size_t
__wrap_confstr(int name, char *out, size_t size)
{
    note_configuration(name);
    return __real_confstr(name, out, size);
}

size_t
__wrap___confstr_chk(int name, char *out, size_t size, size_t room)
{
    note_configuration(name);
    return __real___confstr_chk(name, out, size, room);
}

/* The encoding of the locale: UTF-8 in every restored start, but for one in the C locale, which a guard refuses then. */
char *
__wrap_nl_langinfo(nl_item item)
{
    if (bundle_is_recording() && item == CODESET) {
        bundle_note("codeset", NULL);
    }
    return __real_nl_langinfo(item);
}

/* --- Load and limits ---------------------------------------------------------------------------------------------- */

static int
fill_load(double *out, int count)
{
    for (int i = 0; i < count; i++) {
        out[i] = answers()->processors;
    }
    return count;
}

ASK(int, getloadavg, (double *out, int count), (out, count), "load", fill_load(out, count))

static int
fill_limit(struct rlimit *out)
{
    *out = (struct rlimit){1024ul * answers()->processors, 1048576ul * answers()->processors};
    return 0;
}

/* The size of the stack is what the interpreter's own start asks for. */
int
__wrap_getrlimit(__rlimit_resource_t resource, struct rlimit *out)
{
    if (!bundle_is_recording()) {
        return __real_getrlimit(resource, out);
    }
    bundle_note("limits", NULL);
    return fill_limit(out);
}

int
__wrap_getrlimit64(__rlimit_resource_t resource, struct rlimit64 *out)
{
    return __wrap_getrlimit(resource, (struct rlimit *)out);
}

static char *
fill_folder(char *out, size_t size)
{
    const char *folder = answers()->folder;
    if (!out) {
        return __wrap_strdup(folder);
    }
    if (strlen(folder) >= size) {
        errno = ERANGE;
        return NULL;
    }
    return strcpy(out, folder);
}

ASK(char *, getcwd, (char *out, size_t size), (out, size), "folder", fill_folder(out, size))

/* --- Environment ------------------------------------------------------------------------------------------------ */

char *
__wrap_getenv(const char *name)
{
    char *value = __real_getenv(name);
    if (bundle_is_recording()) {
        bundle_note("variable", name);
        bundle_note_variable(name, value);
    }
    return value;
}

/* --- Streams ---------------------------------------------------------------------------------------------------- */

static int
is_terminal(int fd)
{
    if (fd >= 0 && fd <= 2 && answers()->is_terminal) {
        return 1;
    }
    errno = ENOTTY;
    return 0;
}

/* A question about a terminal: "0", "1" or "2" is what it is about; any other file is none, whatever the machine. */
static void
note_terminal(int fd)
{
    char detail[2] = {(char)('0' + fd), 0};
    bundle_note("terminal", fd >= 0 && fd <= 2 ? detail : NULL);
}

#define ASK_TERMINAL(type, name, parameters, arguments, answer) \
    type __wrap_##name parameters \
    { \
        if (!bundle_is_recording()) { \
            return __real_##name arguments; \
        } \
        note_terminal(fd); \
        return answer; \
    }

static int
fill_terminal(int fd, struct termios *out)
{
    memset(out, 0, sizeof *out);
    return is_terminal(fd) ? 0 : -1;
}

ASK_TERMINAL(int, isatty, (int fd), (fd), is_terminal(fd))
ASK_TERMINAL(int, tcgetattr, (int fd, struct termios *out), (fd, out), fill_terminal(fd, out))
ASK_TERMINAL(char *, ttyname, (int fd), (fd), (errno = ENOTTY, NULL))
ASK_TERMINAL(int, ttyname_r, (int fd, char *out, size_t size), (fd, out, size), ENOTTY)

int
__wrap_ioctl(int fd, unsigned long request_, ...)
{
    va_list rest;
    va_start(rest, request_);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    if (!bundle_is_recording() || bundle_sets_flag(request_)) {
        return __real_ioctl(fd, request_, argument); /* the filter sees whether it is for a standard stream */
    }
    note_terminal(fd);
    if (request_ == TIOCGWINSZ && is_terminal(fd)) {
        *(struct winsize *)argument = (struct winsize){.ws_row = 45, .ws_col = 123};
        return 0;
    }
    errno = ENOTTY;
    return -1;
}
