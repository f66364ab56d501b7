/* Uses one function, and prints all that can be seen of it: linked with the C library, or with the polyfill in its place.

   Without an argument it lists what it knows. A function that is not there ends the program with status 77. */

#define _GNU_SOURCE
#include <arpa/nameser.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <inttypes.h>
#include <malloc.h>
#include <netdb.h>
#include <pthread.h>
#include <pty.h>
#include <resolv.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>
#include <wchar.h>

/* --- What is seen --------------------------------------------------------------------------------------------- */

static void
say(const char *what, long long result)
{
    printf("%s: %lld", what, result);
    if (result == -1) {
        printf(" (%s)", strerror(errno));
    }
    printf("\n");
    errno = 0;
}

static void
say_error(const char *what, int error)
{
    printf("%s: %s\n", what, error ? strerror(error) : "0");
}

static void
say_stat(const char *what, int result, const struct stat *facts)
{
    say(what, result);
    if (result == 0) {
        printf("  %d %o %ju %u:%u %jd\n", facts->st_ino != 0, facts->st_mode, (uintmax_t)facts->st_nlink, facts->st_uid,
               facts->st_gid, (intmax_t)facts->st_size);
    }
}

static struct timespec
after(clockid_t clock, long milliseconds)
{
    struct timespec time;
    clock_gettime(clock, &time);
    long long all = time.tv_sec * 1000000000LL + time.tv_nsec + milliseconds * 1000000LL;
    return (struct timespec){all / 1000000000LL, all % 1000000000LL};
}

/* --- The functions -------------------------------------------------------------------------------------------- */

/* FUNCTION(NAME) { ... f ... }: `f` is the function. */
#define FUNCTION(name) \
    static void try_##name(__typeof__(name) *f); \
    static void start_##name(void) \
    { \
        __typeof__(name) *volatile f = name; \
        if (!f) { \
            exit(77); \
        } \
        try_##name(f); \
    } \
    __attribute__((section("functions"), used)) static const struct function row_##name = {#name, start_##name}; \
    static void try_##name(__typeof__(name) *f)

/* For functions that the headers of some systems do not declare. */
#define LATER(result, name, ...) __attribute__((weak)) extern result name(__VA_ARGS__)

struct function {
    const char *name;
    void (*start)(void);
} __attribute__((aligned(16)));

extern const struct function __start_functions[], __stop_functions[];

/* Files. The current folder is new and empty. */

static void
make_files(void)
{
    close(open("file", O_CREAT | O_WRONLY, 0640));
    truncate("file", 12345);
    mkdir("folder", 0755);
    symlink("file", "link");
    symlink("nowhere", "dangling");
}

static const char *const paths[] = {"file", "folder", "link", "dangling", "nothing", "file/below", "", "/dev/null"};

#define EACH_PATH(path) for (size_t i_ = 0; i_ < sizeof paths / sizeof *paths && (path = paths[i_], 1); i_++)

FUNCTION(stat)
{
    struct stat facts;
    const char *path;
    make_files();
    EACH_PATH(path) say_stat(path, f(path, &facts), &facts);
    say("bad address", f((void *)1, &facts));
}

FUNCTION(lstat)
{
    struct stat facts;
    const char *path;
    make_files();
    EACH_PATH(path) say_stat(path, f(path, &facts), &facts);
}

FUNCTION(fstat)
{
    struct stat facts;
    make_files();
    int fd = open("file", O_RDONLY);
    say_stat("file", f(fd, &facts), &facts);
    close(fd);
    say_stat("closed", f(fd, &facts), &facts);
    say_stat("-1", f(-1, &facts), &facts);
}

FUNCTION(fstatat)
{
    struct stat facts;
    const char *path;
    make_files();
    int fd = open(".", O_RDONLY);
    EACH_PATH(path)
    {
        say_stat(path, f(fd, path, &facts, 0), &facts);
        say_stat(path, f(AT_FDCWD, path, &facts, AT_SYMLINK_NOFOLLOW), &facts);
        say_stat(path, f(fd, path, &facts, AT_EMPTY_PATH), &facts);
    }
    say("flags", f(fd, "file", &facts, 0x40000000));
    say("no folder", f(99, "file", &facts, 0));
}

static long long
nanoseconds(struct statx_timestamp time)
{
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Without the members that only newer kernels fill in: STATX_BASIC_STATS has none of them. */
static void
say_statx(const char *what, int result, const struct statx *facts)
{
    say(what, result);
    if (result) {
        return;
    }
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    long long changed = nanoseconds(facts->stx_mtime);
    printf("  %x %o %u %u:%u %ju %ju %u %d\n", facts->stx_mask & STATX_BASIC_STATS, facts->stx_mode, facts->stx_nlink,
           facts->stx_uid, facts->stx_gid, (uintmax_t)facts->stx_size, (uintmax_t)facts->stx_blocks, facts->stx_blksize,
           facts->stx_ino != 0);
    printf("  %u:%u %u:%u %d\n", facts->stx_dev_major, facts->stx_dev_minor, facts->stx_rdev_major,
           facts->stx_rdev_minor, changed <= now.tv_sec * 1000000000LL + now.tv_nsec);
}

FUNCTION(statx)
{
    struct statx facts;
    struct stat same;
    const char *path;
    make_files();
    int fd = open("file", O_RDONLY);
    EACH_PATH(path)
    {
        say_statx(path, f(AT_FDCWD, path, 0, STATX_BASIC_STATS, &facts), &facts);
        say_statx(path, f(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &facts), &facts);
    }
    say_statx("descriptor", f(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &facts), &facts);
    fstat(fd, &same);
    say("times", same.st_atim.tv_nsec == facts.stx_atime.tv_nsec && same.st_mtim.tv_nsec == facts.stx_mtime.tv_nsec
                     && same.st_ctim.tv_nsec == facts.stx_ctime.tv_nsec && same.st_ino == facts.stx_ino);
    say("flags", f(AT_FDCWD, "file", 0x40000000, STATX_BASIC_STATS, &facts));
    say("no folder", f(99, "file", 0, STATX_BASIC_STATS, &facts));
    say("bad address", f(AT_FDCWD, (void *)1, 0, STATX_BASIC_STATS, &facts));
}

FUNCTION(mknod)
{
    struct stat facts;
    say("fifo", f("fifo", S_IFIFO | 0600, 0));
    say_stat("fifo", stat("fifo", &facts), &facts);
    say("again", f("fifo", S_IFIFO | 0600, 0));
    say("no folder", f("a/b", S_IFREG | 0600, 0));
    say("kind", f("kind", S_IFDIR | 0600, 0));
    say("large number", f("large", S_IFIFO | 0600, (dev_t)1 << 40));
}

FUNCTION(mknodat)
{
    struct stat facts;
    int fd = open(".", O_RDONLY);
    say("fifo", f(fd, "fifo", S_IFIFO | 0600, 0));
    say_stat("fifo", stat("fifo", &facts), &facts);
    say("again", f(fd, "fifo", S_IFIFO | 0600, 0));
    say("no folder", f(99, "fifo", S_IFIFO | 0600, 0));
    say("large number", f(fd, "large", S_IFIFO | 0600, (dev_t)1 << 40));
}

FUNCTION(renameat2)
{
    make_files();
    say("new name", f(AT_FDCWD, "file", AT_FDCWD, "other", RENAME_NOREPLACE));
    say("taken", f(AT_FDCWD, "other", AT_FDCWD, "folder", RENAME_NOREPLACE));
    say("exchange", f(AT_FDCWD, "other", AT_FDCWD, "folder", RENAME_EXCHANGE));
    say("missing", f(AT_FDCWD, "nothing", AT_FDCWD, "more", 0));
    say("no flags", f(AT_FDCWD, "link", AT_FDCWD, "renamed", 0));
    say("there", access("renamed", F_OK));
    say("in place of another", f(AT_FDCWD, "dangling", AT_FDCWD, "renamed", 0));
    say("flags", f(AT_FDCWD, "other", AT_FDCWD, "folder", 77));
}

FUNCTION(copy_file_range)
{
    int from = open("from", O_CREAT | O_RDWR, 0600), to = open("to", O_CREAT | O_RDWR, 0600);
    say("written", write(from, "abcdefghij", 10));
    off64_t at = 2, there = 0;
    say("part", f(from, &at, to, &there, 4, 0));
    say("at", at);
    say("there", there);
    say("behind", f(from, NULL, to, NULL, 4, 0));
    say("flags", f(from, &at, to, &there, 4, 1));
    say("closed", f(99, NULL, to, NULL, 4, 0));
}

static void
try_vectors(ssize_t (*f)(int, const struct iovec *, int, off64_t, int), int flags)
{
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    char first[4] = "abc", second[4] = "def";
    struct iovec parts[] = {{first, 3}, {second, 3}};
    say("written", pwrite(fd, "0123456789", 10, 0));
    say("at 2", f(fd, parts, 2, 2, 0));
    printf("%s %s\n", first, second);
    say("here", f(fd, parts, 1, -1, 0));
    say("here again", f(fd, parts, 1, -1, flags));
    printf("%s %s\n", first, second);
    say("position", lseek(fd, 0, SEEK_CUR));
    say("unknown flags", f(fd, parts, 2, 0, 1 << 30));
    say("closed", f(99, parts, 2, 0, 0));
    say("negative", f(fd, parts, 2, -2, 0));
}

FUNCTION(preadv64v2)
{
    try_vectors((void *)f, RWF_HIPRI);
}

FUNCTION(pwritev64v2)
{
    try_vectors((void *)f, RWF_SYNC);
    char text[32] = "";
    int fd = open("file", O_RDONLY);
    say("in the file", read(fd, text, sizeof text - 1));
    printf("%s\n", text);
}

FUNCTION(fcntl64)
{
    int fd = open("file", O_CREAT | O_RDWR, 0600);
    say("flags", f(fd, F_GETFL));
    say("copy", f(fd, F_DUPFD, 50));
    say("set", f(fd, F_SETFD, FD_CLOEXEC));
    say("get", f(fd, F_GETFD));
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    say("lock", f(fd, F_SETLK, &lock));
    say("closed", f(99, F_GETFD));
    say("command", f(fd, 9999));
}

FUNCTION(getdents64)
{
    char buffer[4096];
    make_files();
    int fd = open(".", O_RDONLY | O_DIRECTORY);
    say("all", f(fd, buffer, sizeof buffer));
    say("end", f(fd, buffer, sizeof buffer));
    lseek(fd, 0, SEEK_SET);
    say("too small", f(fd, buffer, 8));
    say("file", f(open("file", O_RDONLY), buffer, sizeof buffer));
    say("closed", f(99, buffer, sizeof buffer));
}

static int
by_name(const FTSENT64 **left, const FTSENT64 **right)
{
    return strcmp((*left)->fts_name, (*right)->fts_name);
}

static void
try_tree(__typeof__(fts64_open) *open_, __typeof__(fts64_read) *read_, __typeof__(fts64_children) *children,
         __typeof__(fts64_set) *set, __typeof__(fts64_close) *close_)
{
    char *roots[] = {".", NULL};
    make_files();
    FTS64 *tree = open_(roots, FTS_PHYSICAL, by_name);
    for (FTSENT64 *entry; (entry = read_(tree));) {
        printf("%s %d %jd\n", entry->fts_path, entry->fts_info, (intmax_t)entry->fts_statp->st_size);
        if (entry->fts_info == FTS_D) {
            FTSENT64 *child = children(tree, FTS_NAMEONLY);
            printf("first child: %s\n", child ? child->fts_name : "none");
        }
        say("set", set(tree, entry, entry->fts_info == FTS_D && entry->fts_level > 0 ? FTS_SKIP : 0));
    }
    say("close", close_(tree));
    printf("%d\n", open_(roots, 0, NULL) == NULL);
    say("options", errno ? -1 : 0);
}

FUNCTION(fts64_open)
{
    try_tree(f, fts64_read, fts64_children, fts64_set, fts64_close);
}
FUNCTION(fts64_read)
{
    try_tree(fts64_open, f, fts64_children, fts64_set, fts64_close);
}
FUNCTION(fts64_children)
{
    try_tree(fts64_open, fts64_read, f, fts64_set, fts64_close);
}
FUNCTION(fts64_set)
{
    try_tree(fts64_open, fts64_read, fts64_children, f, fts64_close);
}
FUNCTION(fts64_close)
{
    try_tree(fts64_open, fts64_read, fts64_children, fts64_set, f);
}

/* Descriptors and processes. */

static void
say_open(void)
{
    for (int fd = 3; fd < 120; fd++) {
        if (fcntl(fd, F_GETFD) >= 0) {
            printf("%d is open\n", fd);
        }
    }
}

static void
open_some(void)
{
    for (int fd = 3; fd < 120; fd++) {
        close(fd);
    }
    for (int fd = 10; fd < 90; fd += 7) {
        dup2(0, fd);
    }
}

FUNCTION(close_range)
{
    open_some();
    say("some", f(20, 40, 0));
    say_open();
    say("to be closed by exec", f(50, ~0u, CLOSE_RANGE_CLOEXEC));
    say_open();
    say("wrong order", f(9, 5, 0));
    say("flags", f(200, 300, 1 << 20));
}

FUNCTION(closefrom)
{
    open_some();
    f(60);
    say_open();
    f(10);
    say_open();
}

FUNCTION(posix_spawn_file_actions_addclosefrom_np)
{
    posix_spawn_file_actions_t actions;
    char *argv[] = {"sh", "-c", "for fd in /proc/self/fd/*; do echo ${fd##*/}; done", NULL};
    open_some();
    posix_spawn_file_actions_init(&actions);
    say_error("negative", f(&actions, -1));
    say_error("too large", f(&actions, 1 << 30));
    say_error("some", f(&actions, 40));
    fflush(stdout);
    pid_t child;
    int status;
    say_error("spawn", posix_spawn(&child, "/bin/sh", &actions, NULL, argv, environ));
    waitpid(child, &status, 0);
    say("status", status);
    say_open();
}

FUNCTION(gettid)
{
    say("main", f() == getpid());
}

FUNCTION(tgkill)
{
    say("test", f(getpid(), getpid(), 0));
    say("signal", f(getpid(), getpid(), 999));
    say("process", f(getpid(), 1 << 29, 0));
    say("negative", f(-1, getpid(), 0));
}

FUNCTION(execveat)
{
    char *argv[] = {"sh", "-c", "echo $word", NULL}, *environment[] = {"word=here", NULL};
    say("missing", f(AT_FDCWD, "nothing", argv, environment, 0));
    say("flags", f(AT_FDCWD, "/bin/sh", argv, environment, 1 << 30));
    fflush(stdout);
    say("run", f(AT_FDCWD, "/bin/sh", argv, environment, 0));
}

LATER(int, pidfd_open, pid_t, unsigned);
LATER(int, pidfd_getfd, int, int, unsigned);
LATER(int, pidfd_send_signal, int, int, siginfo_t *, unsigned);

FUNCTION(pidfd_open)
{
    say("own", f(getpid(), 0) > 2);
    say("flags", f(getpid(), 1 << 30));
    say("missing", f(1 << 29, 0));
    say("negative", f(-1, 0));
}

FUNCTION(pidfd_getfd)
{
    int process = (int)syscall(SYS_pidfd_open, getpid(), 0);
    say("own", f(process, 0, 0) > 2);
    say("closed", f(process, 99, 0));
    say("no process", f(0, 0, 0));
    say("flags", f(process, 0, 1));
}

FUNCTION(pidfd_send_signal)
{
    int process = (int)syscall(SYS_pidfd_open, getpid(), 0);
    say("test", f(process, 0, NULL, 0));
    say("signal", f(process, 999, NULL, 0));
    say("no process", f(0, 0, NULL, 0));
    say("flags", f(process, 0, NULL, 1 << 30));
}

LATER(int, epoll_pwait2, int, struct epoll_event *, int, const struct timespec *, const sigset_t *);

FUNCTION(epoll_pwait2)
{
    struct epoll_event events[2], event = {.events = EPOLLIN};
    struct timespec shortly = {0, 1000000};
    sigset_t none;
    int ends[2], epoll = epoll_create1(0);
    sigemptyset(&none);
    pipe(ends);
    epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event);
    say("nothing", f(epoll, events, 2, &shortly, &none));
    write(ends[1], "x", 1);
    say("something", f(epoll, events, 2, NULL, NULL));
    say("none", f(epoll, events, 0, NULL, NULL));
    say("closed", f(99, events, 2, NULL, NULL));
}

/* Memory. */

FUNCTION(memfd_create)
{
    int fd = f("name", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    say("made", fd > 2);
    say("write", write(fd, "text", 4));
    say("close on exec", fcntl(fd, F_GETFD));
    say("flags", f("name", 1 << 20));
    char name[300];
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = 0;
    say("long name", f(name, 0));
}

FUNCTION(mlock2)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("now", f(page, 4096, 0));
    say("later", f(page, 4096, MLOCK_ONFAULT));
    say("flags", f(page, 4096, 1 << 20));
    say("nothing there", f((void *)4096, 4096, 0));
}

FUNCTION(explicit_bzero)
{
    char text[] = "secret";
    f(text, 3);
    printf("%d %d %d %s\n", text[0], text[1], text[2], text + 3);
}

LATER(void, __explicit_bzero_chk, void *, size_t, size_t);

FUNCTION(__explicit_bzero_chk)
{
    char text[] = "secret";
    f(text, 3, sizeof text);
    printf("%d %d %d %s\n", text[0], text[1], text[2], text + 3);
    fflush(stdout);
    f(text, 3, 2);
}

FUNCTION(reallocarray)
{
    char *memory = f(NULL, 3, 5);
    printf("%d\n", memory != NULL && malloc_usable_size(memory) >= 15);
    memory = f(memory, 1000, 1000);
    printf("%d\n", memory != NULL && malloc_usable_size(memory) >= 1000000);
    say("too much", f(NULL, SIZE_MAX / 2, 3) ? 1 : -1);
}

LATER(struct mallinfo2, mallinfo2, void);

FUNCTION(mallinfo2)
{
    void *block = malloc(100000);
    struct mallinfo2 facts = f();
    printf("%d %d %d\n", facts.arena > 100000, facts.uordblks >= 100000, facts.hblks == 0);
    free(block);
}

FUNCTION(getrandom)
{
    char bytes[64];
    long some = f(bytes, sizeof bytes, 0);
    say("some", some);
    if (some > 0) { /* where the kernel lacks the call, glibc 2.43 answers this by itself */
        say("none", f(bytes, 0, GRND_NONBLOCK));
    }
    say("flags", f(bytes, 1, 1 << 20));
    /* No bad address: since glibc 2.41 the function may write there itself, and crash. */
}

FUNCTION(getentropy)
{
    char bytes[257] = "";
    say("most", f(bytes, 256));
    say("too many", f(bytes, 257));
    say("none", f(bytes, 0));
    say("bad address", f((void *)1, 16));
}

LATER(uint32_t, arc4random, void);
LATER(void, arc4random_buf, void *, size_t);
LATER(uint32_t, arc4random_uniform, uint32_t);

FUNCTION(arc4random)
{
    uint32_t seen = 0;
    for (int i = 0; i < 200; i++) {
        seen |= f();
    }
    printf("%x\n", seen);
}

FUNCTION(arc4random_buf)
{
    unsigned char bytes[2000] = "", seen[256] = "";
    int count = 0;
    f(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        count += !seen[bytes[i]]++;
    }
    printf("%d\n", count > 200);
}

FUNCTION(arc4random_uniform)
{
    int seen[7] = {0};
    for (int i = 0; i < 1000; i++) {
        uint32_t number = f(7);
        seen[number < 7 ? number : 0]++;
    }
    for (int i = 0; i < 7; i++) {
        printf("%d\n", seen[i] > 80 && seen[i] < 220);
    }
    printf("%u %u\n", f(0), f(1));
}

/* Time and threads. */

FUNCTION(timespec_getres)
{
    struct timespec resolution = {-1, -1};
    say("utc", f(&resolution, TIME_UTC));
    printf("%jd %ld\n", (intmax_t)resolution.tv_sec, resolution.tv_nsec);
    say("unknown", f(&resolution, 99));
    say("nowhere", f(NULL, 99));
}

static void *
post_later(void *semaphore)
{
    usleep(30000);
    sem_post(semaphore);
    return NULL;
}

FUNCTION(sem_clockwait)
{
    sem_t semaphore;
    pthread_t thread;
    struct timespec odd = {0, 2000000000};
    clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC};
    sem_init(&semaphore, 0, 1);
    say("odd time, free", f(&semaphore, CLOCK_MONOTONIC, &odd));
    say("odd time", f(&semaphore, CLOCK_MONOTONIC, &odd));
    for (int i = 0; i < 2; i++) {
        struct timespec soon = after(clocks[i], 20), later = after(clocks[i], 5000), before = after(clocks[i], -50);
        say("past", f(&semaphore, clocks[i], &before));
        say("too early", f(&semaphore, clocks[i], &soon));
        struct timespec now = after(clocks[i], 0);
        printf("%d\n", now.tv_sec > soon.tv_sec || now.tv_nsec >= soon.tv_nsec);
        pthread_create(&thread, NULL, post_later, &semaphore);
        say("in time", f(&semaphore, clocks[i], &later));
        pthread_join(thread, NULL);
    }
    struct timespec now = after(CLOCK_MONOTONIC, 0);
    say("clock", f(&semaphore, CLOCK_PROCESS_CPUTIME_ID, &now));
}

struct meeting {
    pthread_mutex_t mutex;
    pthread_cond_t condition;
    pthread_rwlock_t lock;
    int here;
};

static void *
meet_later(void *context)
{
    struct meeting *meeting = context;
    usleep(30000);
    pthread_mutex_lock(&meeting->mutex);
    meeting->here = 1;
    pthread_cond_signal(&meeting->condition);
    pthread_mutex_unlock(&meeting->mutex);
    return NULL;
}

static struct meeting meeting = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_RWLOCK_INITIALIZER, 0};

FUNCTION(pthread_cond_clockwait)
{
    pthread_t thread;
    clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC};
    for (int i = 0; i < 2; i++) {
        struct timespec soon = after(clocks[i], 20), later = after(clocks[i], 5000), odd = {0, -1};
        pthread_mutex_lock(&meeting.mutex);
        int result;
        while ((result = f(&meeting.condition, &meeting.mutex, clocks[i], &soon)) == 0) {
        }
        say_error("too early", result);
        say_error("odd time", f(&meeting.condition, &meeting.mutex, clocks[i], &odd));
        meeting.here = 0;
        pthread_create(&thread, NULL, meet_later, &meeting);
        while (!meeting.here && (result = f(&meeting.condition, &meeting.mutex, clocks[i], &later)) == 0) {
        }
        say_error("in time", meeting.here ? 0 : result);
        pthread_mutex_unlock(&meeting.mutex);
        pthread_join(thread, NULL);
    }
    say_error("clock", f(&meeting.condition, &meeting.mutex, CLOCK_PROCESS_CPUTIME_ID, &(struct timespec){1, 0}));
}

struct attempt {
    int (*lock)(void *lock, clockid_t clock, const struct timespec *time);
    void *what;
    clockid_t clock;
    struct timespec time;
};

static void *
attempt(void *context)
{
    struct attempt *one = context;
    return (void *)(intptr_t)one->lock(one->what, one->clock, &one->time);
}

/* Somebody else has the lock: another thread tries it. */
static void
try_lock(int (*f)(void *, clockid_t, const struct timespec *), void *lock, int (*unlock)(void *))
{
    clockid_t clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID};
    for (int i = 0; i < 3; i++) {
        struct attempt attempts[] = {{f, lock, clocks[i], after(clocks[i], 20)},
                                     {f, lock, clocks[i], after(clocks[i], -20)},
                                     {f, lock, clocks[i], {0, 2000000000}}};
        for (int j = 0; j < 3; j++) {
            pthread_t thread;
            void *result;
            pthread_create(&thread, NULL, attempt, &attempts[j]);
            pthread_join(thread, &result);
            say_error("taken", (int)(intptr_t)result);
        }
    }
    unlock(lock);
    struct timespec soon = after(CLOCK_MONOTONIC, 20);
    say_error("free", f(lock, CLOCK_MONOTONIC, &soon));
    unlock(lock);
}

FUNCTION(pthread_mutex_clocklock)
{
    pthread_mutex_lock(&meeting.mutex);
    try_lock((void *)f, &meeting.mutex, (void *)pthread_mutex_unlock);
}

FUNCTION(pthread_rwlock_clockrdlock)
{
    pthread_rwlock_wrlock(&meeting.lock);
    try_lock((void *)f, &meeting.lock, (void *)pthread_rwlock_unlock);
}

FUNCTION(pthread_rwlock_clockwrlock)
{
    pthread_rwlock_rdlock(&meeting.lock);
    try_lock((void *)f, &meeting.lock, (void *)pthread_rwlock_unlock);
}

LATER(int, __cxa_thread_atexit_impl, void (*)(void *), void *, void *);

extern void *__dso_handle;
static __typeof__(__cxa_thread_atexit_impl) *at_thread_end;

static void
say_end(void *text)
{
    printf("end of %s\n", (char *)text);
    if (strcmp(text, "second") == 0) {
        at_thread_end(say_end, "one that came late", &__dso_handle);
    }
}

static void *
register_ends(void *unused)
{
    (void)unused;
    at_thread_end(say_end, "first", &__dso_handle);
    at_thread_end(say_end, "second", &__dso_handle);
    printf("thread runs\n");
    return NULL;
}

FUNCTION(__cxa_thread_atexit_impl)
{
    pthread_t thread;
    at_thread_end = f;
    pthread_create(&thread, NULL, register_ends, NULL);
    pthread_join(thread, NULL);
    say("registered", f(say_end, "the main thread", &__dso_handle));
}

/* Terminals and shared memory. */

FUNCTION(openpty)
{
    int controller = -1, terminal = -1;
    char name[100] = "", text[16] = "";
    struct winsize size = {.ws_row = 12, .ws_col = 34}, found = {0};
    struct termios settings = {.c_cflag = CS8 | CREAD | B9600, .c_lflag = ICANON};
    say("opened", f(&controller, &terminal, name, &settings, &size));
    ioctl(terminal, TIOCGWINSZ, &found);
    printf("%d %d %d %d\n", found.ws_row, found.ws_col, isatty(terminal), strcmp(name, ttyname(terminal)));
    say("echo", tcgetattr(terminal, &settings) == 0 && settings.c_lflag & ECHO);
    say("written", write(controller, "word\n", 5));
    say("read", read(terminal, text, sizeof text));
    printf("%s", text);
    say("close on exec", fcntl(controller, F_GETFD) + fcntl(terminal, F_GETFD));
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_NOFILE, &none);
    say("no descriptors", f(&controller, &terminal, NULL, NULL, NULL));
}

FUNCTION(login_tty)
{
    int controller, terminal, status;
    fflush(stdout);
    openpty(&controller, &terminal, NULL, NULL, NULL);
    pid_t child = fork();
    if (child == 0) {
        int result = f(terminal);
        dprintf(1, "%d %d %d %d\n", result, isatty(0), isatty(2), getsid(0) == getpid());
        _exit(0);
    }
    char text[64] = "";
    close(terminal);
    say("read", read(controller, text, sizeof text - 1));
    printf("%s", text);
    waitpid(child, &status, 0);
    int plain = open("file", O_CREAT | O_RDWR, 0600);
    if (fork() == 0) {
        _exit(f(plain) == -1 ? errno : 99);
    }
    wait(&status);
    say("no terminal", WEXITSTATUS(status));
}

FUNCTION(forkpty)
{
    int controller, status;
    char name[100] = "", text[64] = "";
    fflush(stdout);
    pid_t child = f(&controller, name, NULL, NULL);
    if (child == 0) {
        dprintf(1, "%d %d\n", isatty(0), getsid(0) == getpid());
        _exit(7);
    }
    say("read", read(controller, text, sizeof text - 1));
    printf("%s%d\n", text, strncmp(name, "/dev/pts/", 9));
    waitpid(child, &status, 0);
    say("status", WEXITSTATUS(status));
}

static void
try_names(int (*f)(const char *name))
{
    char long_name[300];
    memset(long_name, 'x', sizeof long_name);
    for (size_t length = 253; length <= 258; length++) {
        long_name[length] = 0;
        /* glibc 2.43 says another thing of what is too long. */
        printf("%zu long name %d\n", length, f(long_name));
        long_name[length] = 'x';
    }
    say("folder", f("/a/b"));
    say("empty", f(""));
    say("slash", f("/"));
}

static __typeof__(shm_open) *open_shared;
static __typeof__(shm_unlink) *unlink_shared;

static int
open_and_remove(const char *name)
{
    int fd = open_shared(name, O_CREAT | O_RDWR, 0600), error = errno;
    shm_unlink(name);
    errno = error;
    return fd < 0 ? fd : 3;
}

static int
make_and_unlink(const char *name)
{
    shm_open(name, O_CREAT | O_RDWR, 0600);
    return unlink_shared(name);
}

FUNCTION(shm_open)
{
    open_shared = f;
    shm_unlink("/bundler-compare");
    say("missing", f("/bundler-compare", O_RDWR, 0600));
    int fd = f("/bundler-compare", O_CREAT | O_EXCL | O_RDWR, 0600);
    say("made", fd > 2);
    say("close on exec", fcntl(fd, F_GETFD));
    say("there", f("/bundler-compare", O_CREAT | O_EXCL | O_RDWR, 0600));
    say("without a slash", f("bundler-compare", O_RDONLY, 0) > 2);
    shm_unlink("/bundler-compare");
    try_names(open_and_remove);
}

FUNCTION(shm_unlink)
{
    unlink_shared = f;
    shm_open("/bundler-compare", O_CREAT | O_RDWR, 0600);
    say("there", f("/bundler-compare"));
    say("missing", f("/bundler-compare"));
    try_names(make_and_unlink);
}

/* The resolver. */

static const unsigned char message[] = "\3www\7example\3com\0\300\4\300\24\100";

LATER(int, dn_expand, const unsigned char *, const unsigned char *, const unsigned char *, char *, int);
LATER(int, dn_skipname, const unsigned char *, const unsigned char *);
LATER(int, dn_comp, const char *, unsigned char *, int, unsigned char **, unsigned char **);

FUNCTION(dn_expand)
{
    char name[64] = "";
    const unsigned char *end = message + sizeof message - 1;
    int starts[] = {0, 4, 17, 19, 21};
    for (int i = 0; i < 5; i++) {
        say("expanded", f(message, end, message + starts[i], name, sizeof name));
        printf("%s\n", name);
    }
    say("no room", f(message, end, message, name, 4));
}

FUNCTION(dn_skipname)
{
    const unsigned char *end = message + sizeof message - 1;
    say("whole", f(message, end));
    say("pointer", f(message + 17, end));
    say("cut off", f(message, message + 6));
}

FUNCTION(dn_comp)
{
    unsigned char packed[64] = "", *known[] = {NULL, NULL};
    say("packed", f("www.example.com", packed, sizeof packed, known, known + 1));
    printf("%d %d\n", packed[0], packed[4]);
    say("no room", f("www.example.com", packed, 4, known, known + 1));
}

static void
try_name_check(int (*f)(const char *))
{
    const char *const names[] = {"example.com", "under_score.org", "-dash.org", "a b", "", ".", "x@y.org", "*.org"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        say(names[i], f(names[i]));
    }
}

#define NAME_CHECK(name) \
    LATER(int, name, const char *); \
    FUNCTION(name) \
    { \
        try_name_check(f); \
    }

NAME_CHECK(res_dnok)
NAME_CHECK(res_hnok)
NAME_CHECK(res_mailok)
NAME_CHECK(res_ownok)

#undef res_mkquery
#undef res_nmkquery
#undef res_query
#undef res_nquery
#undef res_search
#undef res_nsearch
#undef res_querydomain
#undef res_nquerydomain
#undef res_send
#undef res_nsend
LATER(int, res_mkquery, int, const char *, int, int, const unsigned char *, int, const unsigned char *, unsigned char *,
      int);
LATER(int, res_nmkquery, struct __res_state *, int, const char *, int, int, const unsigned char *, int,
      const unsigned char *, unsigned char *, int);
LATER(int, res_query, const char *, int, int, unsigned char *, int);
LATER(int, res_nquery, struct __res_state *, const char *, int, int, unsigned char *, int);
LATER(int, res_search, const char *, int, int, unsigned char *, int);
LATER(int, res_nsearch, struct __res_state *, const char *, int, int, unsigned char *, int);
LATER(int, res_querydomain, const char *, const char *, int, int, unsigned char *, int);
LATER(int, res_nquerydomain, struct __res_state *, const char *, const char *, int, int, unsigned char *, int);
LATER(int, res_send, const unsigned char *, int, unsigned char *, int);
LATER(int, res_nsend, struct __res_state *, const unsigned char *, int, unsigned char *, int);

static unsigned char answer[512];

static void
say_query(int size)
{
    say("size", size);
    for (int i = 2; i < size; i++) { /* a number comes first */
        printf("%02x", answer[i]);
    }
    printf("\n");
}

FUNCTION(res_mkquery)
{
    say_query(f(0, "example.com", C_IN, T_A, NULL, 0, NULL, answer, sizeof answer));
    say("no room", f(0, "example.com", C_IN, T_A, NULL, 0, NULL, answer, 10));
}

FUNCTION(res_nmkquery)
{
    struct __res_state state = {0};
    res_ninit(&state);
    say_query(f(&state, 0, "example.com", C_IN, T_MX, NULL, 0, NULL, answer, sizeof answer));
}

/* Nobody answers: the only server is one that is not there. */
static void
without_servers(struct __res_state *state)
{
    res_ninit(state);
    state->retrans = state->retry = 1;
    state->nscount = 1;
    state->nsaddr_list[0] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = 0xffff, .sin_addr = {0x0100007f}};
}

FUNCTION(res_query)
{
    without_servers(&_res);
    say("nobody", f("example.com", C_IN, T_A, answer, sizeof answer));
    say("reason", h_errno);
}
FUNCTION(res_nquery)
{
    struct __res_state state = {0};
    without_servers(&state);
    say("nobody", f(&state, "example.com", C_IN, T_A, answer, sizeof answer));
    say("reason", state.res_h_errno);
}
FUNCTION(res_search)
{
    without_servers(&_res);
    say("nobody", f("example.com", C_IN, T_A, answer, sizeof answer));
}
FUNCTION(res_nsearch)
{
    struct __res_state state = {0};
    without_servers(&state);
    say("nobody", f(&state, "example.com", C_IN, T_A, answer, sizeof answer));
}
FUNCTION(res_querydomain)
{
    without_servers(&_res);
    say("nobody", f("www", "example.com", C_IN, T_A, answer, sizeof answer));
}
FUNCTION(res_nquerydomain)
{
    struct __res_state state = {0};
    without_servers(&state);
    say("nobody", f(&state, "www", "example.com", C_IN, T_A, answer, sizeof answer));
}
FUNCTION(res_send)
{
    without_servers(&_res);
    say("too short", f(message, 4, answer, sizeof answer));
    say("nobody", f(message, sizeof message, answer, sizeof answer));
}
FUNCTION(res_nsend)
{
    struct __res_state state = {0};
    without_servers(&state);
    say("nobody", f(&state, message, sizeof message, answer, sizeof answer));
}

/* Texts. */

FUNCTION(sigabbrev_np)
{
    for (int number = -1; number < 70; number++) {
        printf("%d %s\n", number, f(number) ? f(number) : "none");
    }
}

LATER(const char *, strerrorname_np, int);

FUNCTION(strerrorname_np)
{
    /* What came later, EFTYPE of glibc 2.43, is no name in older ones. */
    for (int number = -1; number <= EHWPOISON; number++) {
        printf("%d %s\n", number, f(number) ? f(number) : "none");
    }
}

LATER(size_t, strlcpy, char *, const char *, size_t);
LATER(size_t, strlcat, char *, const char *, size_t);
LATER(size_t, wcslcpy, wchar_t *, const wchar_t *, size_t);
LATER(size_t, wcslcat, wchar_t *, const wchar_t *, size_t);
LATER(size_t, __strlcpy_chk, char *, const char *, size_t, size_t);
LATER(size_t, __strlcat_chk, char *, const char *, size_t, size_t);
LATER(size_t, __wcslcpy_chk, wchar_t *, const wchar_t *, size_t, size_t);
LATER(size_t, __wcslcat_chk, wchar_t *, const wchar_t *, size_t, size_t);

#define COPIES(character, format, text, ...) \
    for (size_t room = 0; room < 9; room++) { \
        character to[10] = {text[0], text[1], 0, text[0], text[0], text[0], text[0], text[0], text[0], 0}; \
        printf("%zu: %zu", room, f(to, text, room, ##__VA_ARGS__)); \
        printf(" " format "\n", to); \
    }

FUNCTION(strlcpy){COPIES(char, "%s", "abcde")} FUNCTION(strlcat){COPIES(char, "%s", "abcde")} FUNCTION(wcslcpy){
    COPIES(wchar_t, "%ls", L"abcde")} FUNCTION(wcslcat){COPIES(wchar_t, "%ls", L"abcde")} FUNCTION(__strlcpy_chk)
{
    COPIES(char, "%s", "abcde", 10)
    fflush(stdout);
    f((char[2]){""}, "a", 3, 2);
}
FUNCTION(__strlcat_chk)
{
    COPIES(char, "%s", "abcde", 10)
    fflush(stdout);
    f((char[2]){""}, "a", 3, 2);
}
FUNCTION(__wcslcpy_chk)
{
    COPIES(wchar_t, "%ls", L"abcde", 10)
    fflush(stdout);
    f((wchar_t[2]){0}, L"a", 3, 2);
}
FUNCTION(__wcslcat_chk)
{
    COPIES(wchar_t, "%ls", L"abcde", 10)
    fflush(stdout);
    f((wchar_t[2]){0}, L"a", 3, 2);
}

LATER(void *, memset_explicit, void *, int, size_t);
LATER(void *, __memset_explicit_chk, void *, int, size_t, size_t);

FUNCTION(memset_explicit)
{
    char text[] = "secret";
    printf("%d %s\n", f(text, 'x', 3) == text, text);
}

FUNCTION(__memset_explicit_chk)
{
    char text[] = "secret";
    printf("%d %s\n", f(text, 'x', 3, sizeof text) == text, text);
    fflush(stdout);
    f(text, 'x', 3, 2);
}

/* Numbers. */

static const char *const numbers[] = {"0b101",
                                      "0B11x",
                                      "0b",
                                      "0b2",
                                      "  +0b1",
                                      "-0b10",
                                      "101",
                                      "0x1f",
                                      "017",
                                      "99",
                                      "",
                                      "x",
                                      "0",
                                      "-5",
                                      "0b111111111111111111111111111111111111111111111111111111111111111",
                                      "0b1000000000000000000000000000000000000000000000000000000000000000",
                                      "-0b1000000000000000000000000000000000000000000000000000000000000000",
                                      "-0b1000000000000000000000000000000000000000000000000000000000000001",
                                      "0b1111111111111111111111111111111111111111111111111111111111111111",
                                      "0b10000000000000000000000000000000000000000000000000000000000000000",
                                      "99999999999999999999",
                                      "-0b0"};

#define CONVERSIONS(character, widen) \
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) { \
        for (int base = 0; base < 17; base += 2) { \
            character text[100], *end; \
            widen; \
            errno = 0; \
            long long value = (long long)f(text, &end, base); \
            printf("%s in %d: %lld, %td, %s\n", numbers[i], base, value, end - text, strerror(errno)); \
        } \
    } \
    printf("%lld\n", (long long)f((const character *)L"", NULL, 0));

#define NARROW strcpy(text, numbers[i])
#define WIDE mbstowcs(text, numbers[i], 100)

#define CONVERTER(name, result, character, widen) \
    LATER(result, name, const character *, character **, int); \
    FUNCTION(name) \
    { \
        CONVERSIONS(character, widen) \
    }

CONVERTER(__isoc23_strtol, long, char, NARROW)
CONVERTER(__isoc23_strtoul, unsigned long, char, NARROW)
CONVERTER(__isoc23_wcstol, long, wchar_t, WIDE)
CONVERTER(__isoc23_wcstoul, unsigned long, wchar_t, WIDE)

#define SCANNER(name, ...) \
    FUNCTION(name) \
    { \
        int number = -1, count; \
        char word[20] = ""; \
        (void)word; \
        __VA_ARGS__; \
        printf("%d %d %s\n", count, number, word); \
    }

LATER(int, __isoc23_sscanf, const char *, const char *, ...);
LATER(int, __isoc23_vsscanf, const char *, const char *, va_list);
LATER(int, __isoc23_fscanf, FILE *, const char *, ...);
LATER(int, __isoc23_vfscanf, FILE *, const char *, va_list);
LATER(int, __isoc23_scanf, const char *, ...);
LATER(int, __isoc23_vscanf, const char *, va_list);
LATER(int, __isoc23_swscanf, const wchar_t *, const wchar_t *, ...);
LATER(int, __isoc23_vswscanf, const wchar_t *, const wchar_t *, va_list);
LATER(int, __isoc23_fwscanf, FILE *, const wchar_t *, ...);
LATER(int, __isoc23_vfwscanf, FILE *, const wchar_t *, va_list);

static int
with_list(int (*f)(const void *, const void *, va_list), const void *from, const void *format, ...)
{
    va_list rest;
    va_start(rest, format);
    int count = f(from, format, rest);
    va_end(rest);
    return count;
}

static int
with_list_only(int (*f)(const void *, va_list), const void *format, ...)
{
    va_list rest;
    va_start(rest, format);
    int count = f(format, rest);
    va_end(rest);
    return count;
}

static FILE *
file_of(const char *text)
{
    FILE *file = fopen("text", "w+");
    fputs(text, file);
    rewind(file);
    return file;
}

static void
standard_input_of(const char *text)
{
    fclose(file_of(text));
    stdin = fopen("text", "r");
}

SCANNER(__isoc23_sscanf, count = f(" 0x1f word", "%i %19s", &number, word))
SCANNER(__isoc23_vsscanf, count = with_list((void *)f, "12 word", "%d %19s", &number, word))
SCANNER(__isoc23_fscanf, count = f(file_of("12 word"), "%d %19s", &number, word))
SCANNER(__isoc23_vfscanf, count = with_list((void *)f, file_of("x"), "%d", &number))
SCANNER(__isoc23_scanf, standard_input_of("7 word"); count = f("%d %19s", &number, word))
SCANNER(__isoc23_vscanf, standard_input_of("7 word"); count = with_list_only((void *)f, "%d %19s", &number, word))
SCANNER(__isoc23_swscanf, count = f(L" 12 word", L"%d %19s", &number, word))
SCANNER(__isoc23_vswscanf, count = with_list((void *)f, L"12 word", L"%d %19s", &number, word))
SCANNER(__isoc23_fwscanf, count = f(file_of("12 word"), L"%d %19s", &number, word))
SCANNER(__isoc23_vfwscanf, count = with_list((void *)f, file_of("12 word"), L"%d %19s", &number, word))

/* --- The command ---------------------------------------------------------------------------------------------- */

int
main(int argc, char **argv)
{
    for (const struct function *row = __start_functions; row < __stop_functions; row++) {
        if (argc == 1) {
            puts(row->name);
        }
        else if (strcmp(row->name, argv[1]) == 0) {
            row->start();
            return 0;
        }
    }
    return argc == 1 ? 0 : 99;
}
