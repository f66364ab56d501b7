/* This executable's own file: under which path it runs, which other paths lead to it, and its bytes.

   Nothing of it stays open: a daemon closes all descriptors, and their numbers come to stand for other files. */

#include "executable/executable.h"

#include "interposed.h"
#include "lifetime.h"
#include "recording.h"
#include "world/world.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#define SELF "/proc/self/exe"

/* --- Names --------------------------------------------------------------------------------------------------- */

PER_PROCESS static char own_path[PATH_MAX];

const char *
bundle_own_path(const char *otherwise)
{
    if (bundle_is_recording()) {
        return bundle.snapshot->request->answers->own_path;
    }
    if (!own_path[0]) {
        ssize_t length = __real_readlink(SELF, own_path, sizeof own_path - 1);
        if (length <= 0) {
            return otherwise;
        }
        own_path[length] = '\0';
    }
    return own_path;
}

/* Without /proc (a bare chroot) the kernel's own note of the path is what there is. */
static const char *
noted_path(void)
{
    return (const char *)__real_getauxval(AT_EXECFN);
}

/* Is this the file that we run from? Whatever its name, and also when another has taken its place meanwhile. */
static bool
is_own(const struct stat *other)
{
    struct stat own;
    const char *noted = noted_path();
    bundle_begin_passing(); /* the program asks for nothing of this */
    bool is_there = __real_stat(SELF, &own) == 0 || (noted && __real_stat(noted, &own) == 0);
    bundle_end_passing();
    return is_there && own.st_dev == other->st_dev && own.st_ino == other->st_ino;
}

bool
bundle_is_own_file(const char *path)
{
    struct stat facts;
    if (own_path[0] && strcmp(path, own_path) == 0) {
        return true; /* who replaces the file means the new one to be started as this one was */
    }
    return __real_stat(path, &facts) == 0 && is_own(&facts);
}

const char *
bundle_path_to_start(void)
{
    const char *noted = noted_path();
    return noted && bundle_is_own_file(noted) ? noted : SELF; /* after the other, the process would be called "exe" */
}

bool
bundle_is_own_descriptor(int fd)
{
    struct stat facts;
    return __real_fstat(fd, &facts) == 0 && is_own(&facts);
}

bool
bundle_runs_own_file(pid_t process)
{
    char path[64];
    struct stat facts;
    snprintf(path, sizeof path, "/proc/%d/exe", (int)process);
    return __real_stat(path, &facts) == 0 && is_own(&facts);
}

/* --- Bytes --------------------------------------------------------------------------------------------------- */

/* The program headers are those that the kernel found: tools such as patchelf put others in place of the linker's. */
struct headers {
    const ElfW(Phdr) *first;
    size_t count;
};

static struct headers
own_headers(void)
{
    return (struct headers){(const void *)__real_getauxval(AT_PHDR), __real_getauxval(AT_PHNUM)};
}

off_t
bundle_own_offset(const void *address)
{
    struct headers headers = own_headers();
    for (size_t i = 0; i < headers.count; i++) {
        const ElfW(Phdr) *header = &headers.first[i];
        ElfW(Addr) distance = (ElfW(Addr))address - header->p_vaddr;
        if (header->p_type == PT_LOAD && distance < header->p_filesz) {
            return (off_t)(header->p_offset + distance);
        }
    }
    return -1;
}

/* Does a file hold what this part of our memory was loaded from? */
static bool
holds(int fd, const void *memory, size_t size)
{
    const char *expected = memory;
    off_t offset = bundle_own_offset(memory);
    char found[512];
    for (size_t at = 0; at < size && offset >= 0; at += sizeof found) {
        size_t length = size - at < sizeof found ? size - at : sizeof found;
        ssize_t count = __real_pread(fd, found, length, offset + (off_t)at);
        if (count != (ssize_t)length || memcmp(found, expected + at, length) != 0) {
            return false;
        }
    }
    return offset >= 0;
}

/* Is this the file that our memory was loaded from? The linker names what it has made (--build-id), in a note; the
   tables with all their addresses were written afterwards; the headers tell copies of other layouts apart. */
static bool
is_loaded_from(int fd)
{
    struct headers headers = own_headers();
    for (size_t i = 0; i < headers.count; i++) {
        const ElfW(Phdr) *header = &headers.first[i];
        if (header->p_type == PT_NOTE && !holds(fd, (const void *)header->p_vaddr, header->p_memsz)) {
            return false;
        }
    }
    return holds(fd, headers.first, headers.count * sizeof *headers.first) && holds(fd, &bundle, sizeof bundle);
}

/* The same, read only once: until something happens to the file, it is known by its number. */
static bool
is_right(int fd)
{
    PER_PROCESS static struct stat known;
    struct stat facts;
    if (__real_fstat(fd, &facts) < 0) {
        return false;
    }
    bool is_known = known.st_ino == facts.st_ino && known.st_dev == facts.st_dev
                    && known.st_ctim.tv_sec == facts.st_ctim.tv_sec && known.st_ctim.tv_nsec == facts.st_ctim.tv_nsec;
    if (!is_known && is_loaded_from(fd)) {
        known = facts;
        is_known = true;
    }
    return is_known;
}

static int
open_right(void)
{
    const char *paths[] = {SELF, noted_path()};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        int fd = paths[i] ? __real_open(paths[i], O_RDONLY | O_CLOEXEC) : -1;
        if (fd >= 0 && is_right(fd)) {
            return fd;
        }
        if (fd >= 0) {
            close(fd);
            errno = ESTALE;
        }
    }
    return -1;
}

int
bundle_open_own_file(void)
{
    bundle_begin_passing();
    int fd = open_right();
    bundle_end_passing();
    return fd;
}
