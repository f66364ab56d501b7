/* The variable `environ` of a recorded program's objects. Code that goes through it asks for all variables, and calls nothing.

   These objects see a copy in a page of its own. Whether somebody has read that page, the kernel's table of the process's pages tells
   (proc_pid_pagemap(5)): a page that is let go comes back when it is touched. */

#include "interposed.h"
#include "lifetime.h"
#include "world/world.h"

#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

enum { UNKNOWN = -1 };

/* The page: its first word is the variable, and what that points to follows. */
PER_PROCESS static char **shown;

static size_t
page_size(void)
{
    return __real_getauxval(AT_PAGESZ);
}

/* Is it there? 1, 0, or UNKNOWN. */
static int
is_present(void)
{
    uint64_t entry;
    off_t place = (off_t)((uint64_t)shown / page_size() * sizeof entry);
    bundle_begin_passing();
    int fd = __real_open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : __real_pread(fd, &entry, sizeof entry, place);
    if (fd >= 0) {
        close(fd);
    }
    bundle_end_passing();
    return size != sizeof entry ? UNKNOWN : entry >> 62 != 0; /* in memory, or outside */
}

/* Show the variables as they are, and let the page go. */
static void
show(void)
{
    size_t most = page_size() / sizeof *shown - 1, count = 1;
    for (char **variable = environ; variable && *variable && count < most; variable++) {
        shown[count++] = *variable;
    }
    shown[count] = NULL;
    char **first = shown + 1;
    memcpy(shown, &first, sizeof first);
    __real_madvise(shown, page_size(), MADV_DONTNEED);
}

static bool
is_told(void)
{
    show();
    bool is_gone = is_present() == 0;
    bool is_back = *(char *volatile *)shown && is_present() == 1;
    show();
    return is_gone && is_back;
}

void *
bundle_shown_variables(void)
{
    if (shown) {
        return shown;
    }
    void *page = __real_mmap(NULL, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        return NULL;
    }
    shown = page;
    if (!is_told()) {
        bundle_note("variables", NULL); /* whoever has such an object may read them at any time */
    }
    return shown;
}

void
bundle_note_shown_variables(void)
{
    if (!shown) {
        return;
    }
    if (is_present() == 1) {
        bundle_note("variables", NULL);
    }
    show();
}
