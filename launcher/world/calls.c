/* The answers to system calls of a recorded program, by their numbers.

   Functions of the table (answers.c, effects.c, files/) stand in front of the C library's. What they do not see is made
   inside the C library, or by code that has instructions of its own for it: the filter (filter.c) stops it, and it is answered
   or noted here, as `syscall` is. */

#include "world/calls.h"
#include "interposed.h"
#include "lifetime.h"
#include "machine.h"
#include "polyfill/polyfill.h"
#include "world/arena.h"
#include "world/notes.h"
#include "world/replaced_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/sysinfo.h>
#include <unistd.h>

/* Calls that only concern memory, threads and signals of the process. Who opens a descriptor is noted. */
const unsigned short bundle_inner_calls[] = {
    SYS_epoll_create1,
    SYS_epoll_pwait,
    SYS_eventfd2,
    SYS_pipe2,
    SYS_mmap,
    SYS_munmap,
    SYS_mremap,
    SYS_mprotect,
    SYS_madvise,
    SYS_brk,
    SYS_mincore,
    SYS_mbind,
    SYS_futex,
    SYS_set_robust_list,
    SYS_get_robust_list,
    SYS_set_tid_address,
    SYS_rt_sigaction,
    SYS_rt_sigprocmask,
    SYS_rt_sigreturn,
    SYS_rt_sigpending,
    SYS_sigaltstack,
    SYS_sched_yield,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_clock_getres,
    SYS_exit,
    SYS_exit_group,
#ifdef SYS_epoll_create
    SYS_epoll_create,
#endif
#ifdef SYS_epoll_wait
    SYS_epoll_wait,
#endif
#ifdef SYS_eventfd
    SYS_eventfd,
#endif
#ifdef SYS_pipe
    SYS_pipe,
#endif
    SYS_rseq,
};
const size_t bundle_inner_call_count = sizeof bundle_inner_calls / sizeof *bundle_inner_calls;

const unsigned short bundle_descriptor_calls[] = {
    SYS_read,  SYS_pread64, SYS_readv, SYS_preadv, SYS_write,      SYS_writev,    SYS_lseek,
    SYS_close, SYS_fstat,   SYS_fcntl, SYS_dup,    SYS_getdents64, SYS_ftruncate, SYS_fstatfs,
};
const size_t bundle_descriptor_call_count = sizeof bundle_descriptor_calls / sizeof *bundle_descriptor_calls;

enum { INNER_CALLS = (sizeof bundle_inner_calls + sizeof bundle_descriptor_calls) / sizeof *bundle_inner_calls };
_Static_assert((int)INNER_CALLS <= (int)MOST_INNER_CALLS, "the filter jumps over them");

/* How many functions that the launcher lets pass are being run. */
PER_PROCESS static _Atomic int passing;

void
bundle_begin_passing(void)
{
    if (bundle_is_recording()) {
        passing++;
    }
}

void
bundle_end_passing(void)
{
    if (bundle_is_recording()) {
        passing--;
    }
}

/* How many libraries of the system are being loaded: their files are read. */
PER_PROCESS static _Atomic int loading;

void *
bundle_open_library(const char *name, int flags)
{
    if (!bundle_is_recording()) {
        return __real_dlopen(name, flags);
    }
    loading++;
    void *library = __real_dlopen(name, flags);
    loading--;
    if (bundle_has_other_code()) {
        bundle_note("system-library", name);
    }
    return library;
}

/* One copy of a function: a symbol within it is defined once. clang makes no others of what is not inlined. */
#if __has_attribute(noclone)
#define ONE_COPY __attribute__((noinline, noclone))
#else
#define ONE_COPY __attribute__((noinline))
#endif

/* The one place whose calls the filter lets through. Returns what the kernel does: an errno below zero. */
ONE_COPY static long
make_call(long number, const long *a)
{
    long result;
    MACHINE_CALL("behind_call", result, number, a);
    return result;
}

/* Hidden, so that its address comes from no table of addresses: the linker for aarch64 puts that of the section there. */
extern const char behind_call[] __attribute__((visibility("hidden")));

const void *
bundle_behind_call(void)
{
    return behind_call;
}

/* The argument that is a path; NULL where there is none. `is_change`: the call changes what is there. */
static const char *
path_argument(long number, const long *a, bool *is_change)
{
    *is_change = false;
    switch (number) {
#ifdef SYS_open
    case SYS_open:
        *is_change = (a[1] & (O_ACCMODE | O_CREAT)) != O_RDONLY;
        return (const char *)a[0];
#endif
#ifdef SYS_stat
    case SYS_stat:
    case SYS_lstat:
#endif
#ifdef SYS_access
    case SYS_access:
#endif
#ifdef SYS_readlink
    case SYS_readlink:
#endif
    case SYS_statfs:
    case SYS_getxattr:
    case SYS_lgetxattr:
        return (const char *)a[0];
    case SYS_openat:
        *is_change = (a[2] & (O_ACCMODE | O_CREAT)) != O_RDONLY;
        return (const char *)a[1];
    case SYS_newfstatat:
    case SYS_faccessat:
    case SYS_faccessat2:
    case SYS_statx:
    case SYS_readlinkat:
        return (const char *)a[1];
    default:
        return NULL;
    }
}

/* None, a call about a descriptor that is open; and the kernel's list of the process's memory, from which the C library learns
   where the first thread's stack lies (pthread_getattr_np(3)): two recordings differ in that. */
static bool
is_inner_path(const char *path)
{
    return *path == '\0' || strcmp(path, "/proc/self/maps") == 0;
}

/* The C library looks for the file of a time zone, whose name is another in each recording. */
static bool
is_time_zone(const char *path)
{
    const char *zone = __real_getenv("TZ");
    const char *end = strrchr(path, '/');
    return zone && end && strcmp(end + 1, zone) == 0;
}

/* Is it a standard stream? These belong to whoever has started the process. */
static bool
is_stream(long fd)
{
    return (int)fd >= 0 && (int)fd <= STDERR_FILENO;
}

static void
note_stream(const char *kind, long fd)
{
    char detail[2] = {(char)('0' + fd), 0};
    bundle_note(kind, detail);
}

static long
answer_path(long number, const long *a, const char *path, bool is_change)
{
    if (!*path && is_stream(a[0])) {
        note_stream("stream", a[0]);
    }
    if ((loading || is_inner_path(path)) && !is_change) {
        return make_call(number, a);
    }
    if (!is_time_zone(path)) {
        bundle_note(is_change ? "path-change" : "path", path);
    }
    return is_change ? -EROFS : -ENOENT;
}

static long
note_call(long number)
{
    char text[32];
    snprintf(text, sizeof text, "%ld", number);
    bundle_note("system-call", text);
    return -EPERM;
}

static bool
is_one_of(const unsigned short *numbers, size_t count, long number)
{
    for (size_t i = 0; i < count; i++) {
        if (numbers[i] == number) {
            return true;
        }
    }
    return false;
}

bool
bundle_passes(long number)
{
    return passing || is_one_of(bundle_inner_calls, bundle_inner_call_count, number);
}

static long
answer_limit(const long *a)
{
    return a[2] ? note_call(SYS_prlimit64) : __wrap_getrlimit((__rlimit_resource_t)a[1], (struct rlimit *)a[3]);
}

/* Functions that sort ask how much memory there is (glibc 2.36, stdlib/msort.c). */
static long
answer_memory(struct sysinfo *out)
{
    long pages = __wrap_sysconf(_SC_PHYS_PAGES);
    *out = (struct sysinfo){.totalram = (unsigned long)pages, .freeram = (unsigned long)pages, .mem_unit = 4096};
    return 0;
}

/* --- The standard streams --- */

/* A call about one: what it asks or does. */
static const char *
kind_for_stream(long number, const long *a)
{
    switch (number) {
    case SYS_read:
    case SYS_pread64:
    case SYS_readv:
    case SYS_preadv:
        return "input";
    case SYS_write:
    case SYS_writev:
        return "output";
    case SYS_lseek:
    case SYS_fstat:
    case SYS_fstatfs:
    case SYS_getdents64:
        return "stream";
    case SYS_fcntl:
        return (int)a[1] == F_GETFL || (int)a[1] == F_GETFD ? "stream" : "stream-change";
    default:
        return "stream-change";
    }
}

/* Where it is none of them, it is made as it is. */
static long
answer_descriptor(long number, const long *a)
{
    if (is_stream(a[0])) {
        note_stream(kind_for_stream(number, a), a[0]);
    }
    return make_call(number, a);
}

/* What one descriptor is for another. */
static long
answer_two_descriptors(long number, const long *a, long other)
{
    if (is_stream(a[0]) || is_stream(other)) {
        note_stream("stream-change", is_stream(other) ? other : a[0]);
    }
    return make_call(number, a);
}

/* Whether something can be read, or written, without waiting. */
static long
answer_poll(long number, const long *a)
{
    const struct pollfd *rows = (const struct pollfd *)a[0];
    for (long i = 0; rows && i < a[1]; i++) {
        if (is_stream(rows[i].fd)) {
            note_stream("input", rows[i].fd);
        }
    }
    return make_call(number, a);
}

static long
answer_select(long number, const long *a)
{
    for (int i = 1; i <= 3; i++) {
        for (int fd = 0; a[i] && fd <= STDERR_FILENO && fd < a[0]; fd++) {
            if (FD_ISSET(fd, (fd_set *)a[i])) {
                note_stream("input", fd);
            }
        }
    }
    return make_call(number, a);
}

static long
answer_terminal(const long *a)
{
    bool sets_flag = bundle_sets_flag((unsigned long)a[1]);
    if (is_stream(a[0])) {
        note_stream(sets_flag ? "stream-change" : "terminal", a[0]);
    }
    else if (!sets_flag) {
        bundle_note("terminal", NULL);
    }
    return sets_flag ? make_call(SYS_ioctl, a) : -ENOTTY;
}

/* libffi makes one for its closures where it may not have memory that is both written and run. */
static long
answer_memory_file(const long *a)
{
    long fd = make_call(SYS_memfd_create, a);
    if (fd >= 0) {
        char text[16];
        snprintf(text, sizeof text, "%d", (int)fd);
        bundle_note("descriptor", text);
    }
    return fd;
}

/* What the kernel is asked to do for this process: to let it use parts of the processor (ARCH_REQ_XCOMP_PERM), or to count it among
   those for which others wait (MEMBARRIER_CMD_REGISTER...). Constructors that each start runs anew ask again. */
static long
answer_process_control(long number, const long *a)
{
    if (!bundle_is_arena_open()) {
        bundle_note("process-control", NULL);
    }
    return make_call(number, a);
}

static long
answer_clone(const long *a)
{
    if (a[0] & CLONE_THREAD) {
        return make_call(SYS_clone, a);
    }
    bundle_note("child", NULL);
    return -EAGAIN;
}

/* The answer of a function of the table that asks the same; `caller`: the code that makes the call. */
static long
answer(long number, const long *a, const void *caller)
{
    switch (number) {
    case SYS_getpid:
        return __wrap_getpid();
    case SYS_gettid:
        return __wrap_gettid();
    case SYS_getppid:
        return __wrap_getppid();
    case SYS_getuid:
    case SYS_geteuid:
    case SYS_getgid:
    case SYS_getegid:
        return __wrap_getuid();
    case SYS_getrandom:
        return bundle_answer_with_chance((void *)a[0], (size_t)a[1], (unsigned)a[2], caller);
#ifdef SYS_time
    case SYS_time:
        return __wrap_time((time_t *)a[0]);
#endif
    case SYS_clock_gettime:
        return __wrap_clock_gettime((clockid_t)a[0], (struct timespec *)a[1]);
    case SYS_gettimeofday:
        return __wrap_gettimeofday((struct timeval *)a[0], (void *)a[1]);
    case SYS_uname:
        return __wrap_uname((struct utsname *)a[0]);
    case SYS_getcwd:
        return __wrap_getcwd((char *)a[0], (size_t)a[1]) ? (long)strlen((char *)a[0]) + 1 : -errno;
    case SYS_sched_getaffinity:
        return __wrap_sched_getaffinity((pid_t)a[0], (size_t)a[1], (cpu_set_t *)a[2]) == 0 ? a[1] : -EINVAL;
    case SYS_prlimit64:
        return answer_limit(a);
    case SYS_sysinfo:
        return answer_memory((struct sysinfo *)a[0]);
    case SYS_ioctl:
        return answer_terminal(a);
    case SYS_memfd_create:
        return answer_memory_file(a);
    case SYS_ppoll:
#ifdef SYS_poll
    case SYS_poll:
#endif
        return answer_poll(number, a);
    case SYS_pselect6:
#ifdef SYS_select
    case SYS_select:
#endif
        return answer_select(number, a);
#ifdef SYS_dup2
    case SYS_dup2:
#endif
    case SYS_dup3:
        return answer_two_descriptors(number, a, a[1]);
    case SYS_epoll_ctl:
        return answer_two_descriptors(number, a, a[2]);
    case SYS_membarrier:
#ifdef SYS_arch_prctl
    case SYS_arch_prctl:
#endif
        return answer_process_control(number, a);
    case SYS_clone:
        return answer_clone(a);
#ifdef SYS_fork
    case SYS_fork:
    case SYS_vfork:
#endif
    case SYS_execve:
        bundle_note("child", NULL);
        return -EAGAIN;
    case SYS_socket:
        bundle_note("socket", NULL);
        return -EACCES;
    case SYS_pidfd_open:
        bundle_note("process-handle", NULL);
        return -EPERM;
    default:
        return is_one_of(bundle_descriptor_calls, bundle_descriptor_call_count, number) ? answer_descriptor(number, a)
                                                                                        : note_call(number);
    }
}

long
bundle_answer_call(long number, const long *a, const void *caller)
{
    bool is_change;
    const char *path = path_argument(number, a, &is_change);
    if (bundle_passes(number)) {
        return make_call(number, a);
    }
    return path ? answer_path(number, a, path, is_change) : answer(number, a, caller);
}

/* Rust's standard library asks the kernel itself where it does not rely on the C library's version. */
long
__wrap_syscall(long number, ...)
{
    va_list rest;
    va_start(rest, number);
    long a[6];
    for (int i = 0; i < 6; i++) {
        a[i] = va_arg(rest, long);
    }
    va_end(rest);
    if (!bundle_is_recording()) {
        return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
    long result = bundle_answer_call(number, a, __builtin_return_address(0));
    if (result < 0 && result > -4096) {
        errno = (int)-result;
        return -1;
    }
    return result;
}
