/* Every instruction has four bytes and begins at a multiple of them, so all that make system calls (SVC #0) are found. Each becomes a
   branch to code of its own (replaced_call_aarch64.S), which lies within a branch's reach. What of them is data among the code
   is replaced too; in the recording alone, for code is in no snapshot. */

#include "interposed.h"
#include "lifetime.h"
#include "machine.h"
#include "world/replaced_calls.h"
#include "world/world.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern const uint32_t bundle_replaced_call[], bundle_replaced_refused[], bundle_replaced_back[],
    bundle_replaced_allowed[], bundle_replaced_end[];

extern const char etext[]; /* the end of the executable's code (end(3)) */

enum { CALL = 0xd4000001, BRANCH = 0x14000000, REACH = 100 << 20, STEP = 1 << 20, MOST_RANGES = 256, NUMBERS = 512 };

/* Prelinked objects lie from here on (bundler/link/bind.py): others of them may come. */
#define OBJECTS (64ul << 30)

struct range {
    uint64_t start;
    uint64_t end;
};

PER_PROCESS static struct {
    struct bundle_stopped_calls calls;
    uint64_t allowed[NUMBERS / 64];
    struct range done[MOST_RANGES];
    size_t done_count;
    bool is_used;
} state;

static bool
is_call(const uint32_t *at)
{
    bool is_own = at >= bundle_replaced_call && at < bundle_replaced_end;
    return *at == CALL && !is_own && (const void *)(at + 1) != state.calls.behind_own;
}

static size_t
copy_size(void)
{
    return (size_t)((const char *)bundle_replaced_end - (const char *)bundle_replaced_call);
}

/* Make the processor see what was written; the smallest line of a cache has 16 bytes. */
static void
show_code(const void *start, size_t size)
{
    for (size_t at = 0; at < size; at += 16) {
        __asm__ volatile("dc cvau, %0" ::"r"((const char *)start + at) : "memory");
    }
    __asm__ volatile("dsb ish" ::: "memory");
    for (size_t at = 0; at < size; at += 16) {
        __asm__ volatile("ic ivau, %0" ::"r"((const char *)start + at) : "memory");
    }
    __asm__ volatile("dsb ish\n isb" ::: "memory");
}

/* Pages at an address, if nothing is there. */
static char *
pages_at(uint64_t wanted, size_t size)
{
    void *found = __real_mmap((void *)wanted, size, PROT_READ | PROT_WRITE | PROT_EXEC,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (found != (void *)wanted && found != MAP_FAILED) {
        __real_munmap(found, size);
    }
    return found == (void *)wanted ? found : NULL;
}

/* Memory that a branch from all of a range reaches, and where no object will lie; NULL if there is none. */
static char *
room_near(struct range range, bool is_object, size_t size)
{
    uint64_t page = MACHINE_PAGE;
    uint64_t first = (is_object ? OBJECTS : range.start) & ~(page - 1);
    uint64_t last = (range.end + page - 1) & ~(page - 1);
    size_t room = (size + page - 1) & ~(page - 1);
    char *found = NULL;
    for (uint64_t away = STEP; away <= REACH && !found; away += STEP) {
        if (away < first && range.end - (first - away) <= REACH) {
            found = pages_at(first - away, room);
        }
        if (!found && !is_object && last + away + room - range.start <= REACH) {
            found = pages_at(last + away, room);
        }
    }
    return found;
}

static uint32_t
branch(const uint32_t *from, const uint32_t *to)
{
    return BRANCH | ((uint32_t)(to - from) & 0x3ffffff);
}

static void
replace(uint32_t *at, char *copy)
{
    memcpy(copy, bundle_replaced_call, copy_size());
    uint32_t *back = (uint32_t *)copy + (bundle_replaced_back - bundle_replaced_call);
    *back = branch(back, at + 1);
    uint64_t allowed = (uint64_t)state.allowed;
    memcpy((uint32_t *)copy + (bundle_replaced_allowed - bundle_replaced_call), &allowed, sizeof allowed);
    show_code(copy, copy_size());
    *at = branch(at, (const uint32_t *)copy);
    show_code(at, sizeof *at);
}

static bool
replace_in(struct range range, bool is_object, int protection)
{
    if (state.done_count == MOST_RANGES) {
        return false;
    }
    state.done[state.done_count++] = range;
    size_t count = 0;
    for (uint32_t *at = (uint32_t *)range.start; at < (uint32_t *)range.end; at++) {
        count += is_call(at);
    }
    if (!count) {
        return true;
    }
    char *copy = room_near(range, is_object, count * copy_size());
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t first = range.start & ~(page - 1);
    if (!copy || mprotect((void *)first, range.end - first, PROT_READ | PROT_WRITE | PROT_EXEC) != 0) {
        return false;
    }
    for (uint32_t *at = (uint32_t *)range.start; at < (uint32_t *)range.end; at++) {
        if (is_call(at)) {
            replace(at, copy);
            copy += copy_size();
        }
    }
    return mprotect((void *)first, range.end - first, protection) == 0;
}

/* Code of files, as proc_pid_maps(5) tells; how much of it is not done. */
static size_t
find_code(struct range *out)
{
    size_t count = 0;
    char line[512];
    FILE *maps = __real_fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        char rights[5];
        int path = 0;
        if (sscanf(line, "%lx-%lx %4s %*s %*s %*s %n", &start, &end, rights, &path) != 3 || rights[2] != 'x'
            || line[path] != '/') {
            continue;
        }
        bool is_done = false;
        for (size_t i = 0; i < state.done_count; i++) {
            is_done |= start >= state.done[i].start && start < state.done[i].end;
        }
        /* Behind the executable's own code, in the same segment, lie constants and the payload: more than a branch reaches over. */
        uint64_t behind = start <= (uint64_t)etext && (uint64_t)etext < end ? (uint64_t)etext : end;
        if (!is_done && count < MOST_RANGES) {
            out[count++] = (struct range){start, behind};
        }
    }
    if (maps) {
        fclose(maps);
    }
    return count;
}

static void
answer_refused(int number, siginfo_t *info, void *context)
{
    mcontext_t *now = &((ucontext_t *)context)->uc_mcontext;
    const uint32_t *at = (const uint32_t *)now->pc;
    size_t behind = (size_t)(bundle_replaced_back - bundle_replaced_refused);
    if (*at || at[1] != CALL || (at[behind] & ~0x3ffffffu) != BRANCH) {
        signal(number, SIG_DFL); /* the instruction is tried again */
        return;
    }
    (void)info;
    long call = (long)now->regs[8];
    if (state.calls.passes(call)) {
        now->pc += 4;
        return;
    }
    long a[6];
    machine_call_arguments(context, a);
    int32_t distance = (int32_t)(at[behind] << 6) >> 6;
    machine_set_result(context, state.calls.answer(call, a, at + behind + distance));
    now->pc += 8;
}

bool
bundle_replace_calls(const struct bundle_stopped_calls *calls)
{
    PER_PROCESS static struct range found[MOST_RANGES];
    state.calls = *calls;
    for (size_t i = 0; i < calls->inner_count; i++) {
        state.allowed[calls->inner[i] / 64] |= UINT64_C(1) << (calls->inner[i] % 64);
    }
    struct sigaction action = {.sa_sigaction = answer_refused, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    if (__real_sigaction(SIGILL, &action, NULL) != 0) {
        return false;
    }
    size_t count = find_code(found);
    bool is_done = count != 0;
    for (size_t i = 0; i < count && is_done; i++) {
        is_done = replace_in(found[i], false, PROT_READ | PROT_EXEC);
    }
    state.is_used = is_done;
    return is_done;
}

bool
bundle_replace_calls_in(uint64_t address, uint64_t size, int protection)
{
    return !state.is_used || replace_in((struct range){address, address + size}, true, protection);
}

bool
bundle_has_other_code(void)
{
    PER_PROCESS static struct range found[MOST_RANGES];
    return state.is_used && find_code(found) != 0;
}
