/* What a recorded program would change outside of its memory. Most of it is done, and noted: what cannot be done again in
   a restored process keeps the module that did it out of the snapshot. */

#include "interposed.h"
#include "lifetime.h"
#include "world/arena.h"
#include "world/world.h"

#include <errno.h>
#include <grp.h>
#include <libintl.h>
#include <locale.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* DO(type, name, parameters, arguments, kind): what the C library does, noted. */
#define DO(type, name, parameters, arguments, kind) \
    type __wrap_##name parameters \
    { \
        if (!bundle_is_recording()) { \
            return __real_##name arguments; \
        } \
        bundle_note(kind, NULL); \
        bundle_begin_passing(); \
        type result = __real_##name arguments; \
        bundle_end_passing(); \
        return result; \
    }

/* REFUSE(type, name, parameters, arguments, kind, failure): nothing is done while recording. */
#define REFUSE(type, name, parameters, arguments, kind, failure) \
    type __wrap_##name parameters \
    { \
        if (!bundle_is_recording()) { \
            return __real_##name arguments; \
        } \
        bundle_note(kind, NULL); \
        return failure; \
    }

/* --- Output ---------------------------------------------------------------------------------------------------- */

DO(ssize_t, write, (int fd, const void *bytes, size_t size), (fd, bytes, size), "output")
DO(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count), "output")
DO(size_t, fwrite, (const void *bytes, size_t size, size_t count, FILE *file), (bytes, size, count, file), "output")
DO(int, fputs, (const char *text, FILE *file), (text, file), "output")
DO(int, puts, (const char *text), (text), "output")
DO(int, putchar, (int byte), (byte), "output")
DO(int, vprintf, (const char *format, va_list rest), (format, rest), "output")
DO(int, vfprintf, (FILE *file, const char *format, va_list rest), (file, format, rest), "output")

int
__wrap_printf(const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    int count = __wrap_vprintf(format, rest);
    va_end(rest);
    return count;
}

int
__wrap_fprintf(FILE *file, const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    int count = __wrap_vfprintf(file, format, rest);
    va_end(rest);
    return count;
}

int
__wrap___printf_chk(int flag, const char *format, ...)
{
    (void)flag;
    va_list rest;
    va_start(rest, format);
    int count = __wrap_vprintf(format, rest);
    va_end(rest);
    return count;
}

int
__wrap___fprintf_chk(FILE *file, int flag, const char *format, ...)
{
    (void)flag;
    va_list rest;
    va_start(rest, format);
    int count = __wrap_vfprintf(file, format, rest);
    va_end(rest);
    return count;
}

/* --- Processes and threads ------------------------------------------------------------------------------------------ */

/* Within some of these the C library blocks all signals, so that the filter of system calls could not answer (filter.c). */
REFUSE(pid_t, fork, (void), (), "child", (errno = EAGAIN, -1))
REFUSE(int, system, (const char *command), (command), "child", (errno = EAGAIN, -1))
REFUSE(FILE *, popen, (const char *command, const char *mode), (command, mode), "child", (errno = EAGAIN, NULL))

/* Its calls do not pass: the thread may run already. */
int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument)
{
    if (bundle_is_recording()) {
        bundle_note("thread", NULL);
    }
    if (bundle_is_arena_open()) {
        return bundle_start_waiting(thread, attributes, function, argument);
    }
    return __real_pthread_create(thread, attributes, function, argument);
}

/* --- Descriptors ---------------------------------------------------------------------------------------------------- */

REFUSE(int, socket, (int family, int type, int protocol), (family, type, protocol), "socket", (errno = EACCES, -1))
REFUSE(int, socketpair, (int family, int type, int protocol, int pair[2]), (family, type, protocol, pair), "socket",
       (errno = EACCES, -1))
/* Note the number of one that was made; who leaves it open is known by it. */
static int
noted_descriptor(int fd)
{
    char number[16];
    if (bundle_is_recording() && fd >= 0) {
        snprintf(number, sizeof number, "%d", fd);
        bundle_note("descriptor", number);
    }
    return fd;
}

static int
noted_pair(int status, const int pair[2])
{
    if (status == 0) {
        noted_descriptor(pair[0]);
        noted_descriptor(pair[1]);
    }
    return status;
}

/* OPEN(name, parameters, arguments): what the C library makes, noted. */
#define OPEN(name, parameters, arguments) \
    int __wrap_##name parameters \
    { \
        return noted_descriptor(__real_##name arguments); \
    }

OPEN(epoll_create1, (int flags), (flags))
OPEN(epoll_create, (int size), (size))
OPEN(eventfd, (unsigned start, int flags), (start, flags))

int
__wrap_pipe(int pair[2])
{
    return noted_pair(__real_pipe(pair), pair);
}

int
__wrap_pipe2(int pair[2], int flags)
{
    return noted_pair(__real_pipe2(pair, flags), pair);
}

/* --- State of the process ------------------------------------------------------------------------------------------- */

char *
__wrap_setlocale(int category, const char *locale)
{
    if (!bundle_is_recording()) {
        return __real_setlocale(category, locale);
    }
    bundle_note(locale ? "set-locale" : "locale-name", locale);
    bundle_begin_passing();
    char *result = __real_setlocale(category, locale);
    bundle_end_passing();
    return result;
}

/* What is kept of it lies elsewhere in each recording. */
DO(locale_t, newlocale, (int mask, const char *locale, locale_t base), (mask, locale, base), "locale")
DO(mode_t, umask, (mode_t mask), (mask), "umask")
DO(int, sigaltstack, (const stack_t *stack, stack_t *before), (stack, before), "signal-stack")

/* Without the signals by which the recording itself answers: one that is blocked would end the process. */
static const sigset_t *
open_mask(int how, const sigset_t *set, sigset_t *room)
{
    if (!set || how == SIG_UNBLOCK) {
        return set;
    }
    *room = *set;
    sigdelset(room, SIGSYS);
    sigdelset(room, SIGILL);
    return room;
}

#define MASK(name) \
    int __wrap_##name(int how, const sigset_t *set, sigset_t *before) \
    { \
        if (!bundle_is_recording()) { \
            return __real_##name(how, set, before); \
        } \
        sigset_t room; \
        bundle_note("signal-mask", NULL); \
        return __real_##name(how, open_mask(how, set, &room), before); \
    }

MASK(sigprocmask)
MASK(pthread_sigmask)

/* For those signals the program sees, and sets, an action of its own, which never comes to pass. */
int
__wrap_sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
    PER_PROCESS static struct sigaction seen[2];
    if (!bundle_is_recording() || (number != SIGILL && number != SIGSYS)) {
        return __real_sigaction(number, action, before);
    }
    struct sigaction *own = &seen[number == SIGSYS];
    struct sigaction old = *own;
    *own = action ? *action : *own;
    if (before) {
        *before = old;
    }
    return 0;
}
DO(int, setrlimit, (__rlimit_resource_t resource, const struct rlimit *limit), (resource, limit), "limits-set")
DO(int, setrlimit64, (__rlimit_resource_t resource, const struct rlimit64 *limit), (resource, limit), "limits-set")
DO(int, setitimer, (__itimer_which_t which, const struct itimerval *value, struct itimerval *before),
   (which, value, before), "timer")
DO(unsigned, alarm, (unsigned seconds), (seconds), "timer")
DO(int, sched_setaffinity, (pid_t process, size_t size, const cpu_set_t *set), (process, size, set), "processors-set")
DO(int, nice, (int more), (more), "priority")
DO(int, setpriority, (__priority_which_t which, id_t who, int value), (which, who, value), "priority")
DO(pid_t, setsid, (void), (), "session")

int
__wrap_prctl(int option, ...)
{
    va_list rest;
    va_start(rest, option);
    unsigned long a[4];
    for (int i = 0; i < 4; i++) {
        a[i] = va_arg(rest, unsigned long);
    }
    va_end(rest);
    if (bundle_is_recording()) {
        bundle_note("process-control", NULL);
    }
    return __real_prctl(option, a[0], a[1], a[2], a[3]);
}

void
__wrap_openlog(const char *name, int options, int facility)
{
    if (bundle_is_recording()) {
        bundle_note("system-log", NULL);
        return;
    }
    __real_openlog(name, options, facility);
}

/* --- What the C library keeps, and no call of the kernel shows ---------------------------------------------------------- */

/* SET(type, name, parameters, arguments, value): who gives no value only asks, and finds what is the same in each process. */
#define SET(type, name, parameters, arguments, value) \
    type __wrap_##name parameters \
    { \
        if (bundle_is_recording() && (value)) { \
            bundle_note("library-state", NULL); \
        } \
        return __real_##name arguments; \
    }

/* CHANGE(name, parameters, arguments): what gives nothing back, noted. */
#define CHANGE(name, parameters, arguments) \
    void __wrap_##name parameters \
    { \
        if (bundle_is_recording()) { \
            bundle_note("library-state", NULL); \
        } \
        __real_##name arguments; \
    }

SET(int, setlogmask, (int mask), (mask), mask)
SET(char *, textdomain, (const char *name), (name), name)
SET(char *, bindtextdomain, (const char *name, const char *folder), (name, folder), folder)
SET(char *, bind_textdomain_codeset, (const char *name, const char *codeset), (name, codeset), codeset)
DO(int, mallopt, (int parameter, int value), (parameter, value), "library-state")
DO(int, rand, (void), (), "library-state")
DO(long, random, (void), (), "library-state")
DO(char *, initstate, (unsigned seed, char *state, size_t size), (seed, state, size), "library-state")
DO(char *, setstate, (char *state), (state), "library-state")
DO(double, drand48, (void), (), "library-state")
DO(long, lrand48, (void), (), "library-state")
DO(long, mrand48, (void), (), "library-state")
DO(unsigned short *, seed48, (unsigned short seed[3]), (seed), "library-state")
CHANGE(srand, (unsigned seed), (seed))
CHANGE(srandom, (unsigned seed), (seed))
CHANGE(srand48, (long seed), (seed))
CHANGE(lcong48, (unsigned short parameters[7]), (parameters))

/* Since glibc 2.18. */
int
__wrap_pthread_setattr_default_np(const pthread_attr_t *attributes)
{
    int (*set)(const pthread_attr_t *) =
        (int (*)(const pthread_attr_t *))__real_dlsym(RTLD_DEFAULT, "pthread_setattr_default_np");
    if (bundle_is_recording()) {
        bundle_note("library-state", NULL);
    }
    return set ? set(attributes) : ENOSYS;
}

/* A stream that the program has opened is gone when it closes it. */
static void
note_buffer(const FILE *stream)
{
    if (bundle_is_recording() && (stream == stdin || stream == stdout || stream == stderr)) {
        bundle_note("library-state", NULL);
    }
}

int
__wrap_setvbuf(FILE *stream, char *buffer, int mode, size_t size)
{
    note_buffer(stream);
    return __real_setvbuf(stream, buffer, mode, size);
}

void
__wrap_setbuf(FILE *stream, char *buffer)
{
    note_buffer(stream);
    __real_setbuf(stream, buffer);
}

void
__wrap_setbuffer(FILE *stream, char *buffer, size_t size)
{
    note_buffer(stream);
    __real_setbuffer(stream, buffer, size);
}

void
__wrap_setlinebuf(FILE *stream)
{
    note_buffer(stream);
    __real_setlinebuf(stream);
}

/* --- Databases of the system ---------------------------------------------------------------------------------------- */

REFUSE(struct passwd *, getpwuid, (uid_t user), (user), "user", NULL)
REFUSE(struct passwd *, getpwnam, (const char *name), (name), "user", NULL)
REFUSE(int, getpwuid_r, (uid_t user, struct passwd *out, char *room, size_t size, struct passwd **found),
       (user, out, room, size, found), "user", (*found = NULL, 0))
REFUSE(int, getpwnam_r, (const char *name, struct passwd *out, char *room, size_t size, struct passwd **found),
       (name, out, room, size, found), "user", (*found = NULL, 0))
