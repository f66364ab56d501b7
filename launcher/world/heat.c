/* Which blocks of the region a start from the snapshot touches: the build lets them lie together in a later recording.

   No page of the region can be read or written; each instruction that tries is stopped, noted, and let through alone. That
   shows single blocks, and also those of which the contents are the same afterwards, such as counts of references. */

#include "interposed.h"
#include "lifetime.h"
#include "machine.h"
#include "world/region.h"
#include "world/world.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

/* An access takes up to 40 microseconds; after so many no more are noted, for builds are not to wait. */
enum { MOST_PAGES = 8, MOST_ACCESSES = 1 << 16, READ = 1, WRITTEN = 2 };

PER_PROCESS static uint64_t size;                   /* of what is watched, from the region's beginning */
PER_PROCESS static unsigned char *touched;          /* of each block: READ, WRITTEN */
PER_PROCESS static uint64_t open_pages[MOST_PAGES]; /* those that the instruction needs which is let through */
PER_PROCESS static size_t open_count;
PER_PROCESS static uint64_t accesses;
PER_PROCESS static struct sigaction usual[2];

static void *
room(uint64_t wanted)
{
    void *pages = __real_mmap(NULL, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

static void
note_access(int number, siginfo_t *info, void *context)
{
    uint64_t address = (uint64_t)info->si_addr;
    if (address - BUNDLE_REGION >= size || open_count == MOST_PAGES) {
        signal(number, SIG_DFL); /* the instruction is tried again, and ends the process */
        return;
    }
    if (++accesses > MOST_ACCESSES) {
        mprotect((void *)BUNDLE_REGION, size, PROT_READ | PROT_WRITE);
        return;
    }
    touched[bundle_block_number(info->si_addr)] |= machine_wanted_to_write(context) ? WRITTEN : READ;
    uint64_t page = address & ~(uint64_t)(MACHINE_PAGE - 1);
    open_pages[open_count++] = page;
    mprotect((void *)page, MACHINE_PAGE, PROT_READ | PROT_WRITE);
    machine_stop_behind_next(context, true);
}

static void
close_pages(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    while (open_count) {
        mprotect((void *)open_pages[--open_count], MACHINE_PAGE, PROT_NONE);
    }
    machine_stop_behind_next(context, false);
}

bool
bundle_begin_heat(void)
{
    size = bundle_region_used();
    if (!MACHINE_STOPS || !bundle.snapshot->request->wants_heat || !bundle_watch_blocks()) {
        return false;
    }
    touched = room(bundle_blocks_taken() + 1);
    struct sigaction access = {.sa_sigaction = note_access, .sa_flags = SA_SIGINFO | SA_NODEFER};
    struct sigaction step = {.sa_sigaction = close_pages, .sa_flags = SA_SIGINFO | SA_NODEFER};
    return touched && __real_sigaction(SIGSEGV, &access, &usual[0]) == 0
           && __real_sigaction(SIGTRAP, &step, &usual[1]) == 0 && mprotect((void *)BUNDLE_REGION, size, PROT_NONE) == 0;
}

const struct bundle_heat *
bundle_end_heat(uint64_t *count)
{
    mprotect((void *)BUNDLE_REGION, size, PROT_READ | PROT_WRITE);
    __real_sigaction(SIGSEGV, &usual[0], NULL);
    __real_sigaction(SIGTRAP, &usual[1], NULL);
    uint64_t taken = bundle_blocks_taken();
    struct bundle_heat *found = room(taken * sizeof *found + 1);
    *count = 0;
    uint32_t last = 0;
    for (uint64_t at = 0; found && at < size; at += BLOCK_UNIT) {
        uint32_t number = bundle_block_number((void *)(BUNDLE_REGION + at));
        if (number && number != last && touched[number]) {
            uint64_t bytes = bundle_block_size((char *)BUNDLE_REGION + at + BLOCK_UNIT);
            found[(*count)++] =
                (struct bundle_heat){bundle_lasting_number(number), touched[number] >= WRITTEN, 0, bytes};
        }
        last = number;
    }
    return found;
}
