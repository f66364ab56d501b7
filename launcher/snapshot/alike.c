/* A process that is like every other that records: its arguments and variables, its signals, what it is told of the processor, and
   where Python's objects lie. It runs on a stack of its own at a fixed address, so that what is left of it in padding is the same
   each time. */

#include "snapshot/alike.h"

#include "compat/compat.h"

#include "interposed.h"
#include "lifetime.h"
#include "machine.h"
#include "snapshot/output.h"
#include "snapshot/snapshot.h"
#include "world/world.h"

#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

PER_PROCESS static int (*to_run)(int, char **, char **);
PER_PROCESS static ucontext_t context;
PER_PROCESS static char *arguments[BUNDLE_MOST_ARGUMENTS + 1];

/* What the ranges held before the interpreter was there, in memory of its own. */
PER_PROCESS static void **before;

static void *
room(uint64_t size)
{
    void *pages =
        __real_mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) {
        _exit(3);
    }
    return pages;
}

/* How the processor computed then. */
PER_PROCESS static uint64_t first_float_control;

static void
note_what_was_there(void)
{
    const struct bundle_request *request = bundle.snapshot->request;
    before = room(request->range_count * sizeof *before);
    for (uint64_t i = 0; i < request->range_count; i++) {
        before[i] = room(request->ranges[i].size);
        memcpy(before[i], (void *)request->ranges[i].address, request->ranges[i].size);
    }
}

static void
usual_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    __real_sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 1; i <= BUNDLE_LAST_SIGNAL; i++) {
        signal(i, SIG_DFL);
    }
}

static int
count_threads(void)
{
    char line[256];
    int threads = 0;
    bundle_begin_passing();
    FILE *status = __real_fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) {
        sscanf(line, "Threads: %d", &threads);
    }
    if (status) {
        fclose(status);
    }
    bundle_end_passing();
    return threads;
}

/* An emulator has a thread and descriptors of its own. */
PER_PROCESS static int first_threads;
PER_PROCESS static bool *was_open;

static void
note_what_is_open(void)
{
    first_threads = count_threads();
    was_open = room(FIRST_FREE * sizeof *was_open);
    for (int fd = 3; fd < FIRST_FREE; fd++) {
        was_open[fd] = fcntl(fd, F_GETFD) >= 0;
    }
}

/* Let the C library's own heap lie elsewhere in each recording, also where the kernel does not see to that (an emulator): who keeps
   an address of it is found by that. */
static void
shift_heap(void)
{
    const unsigned char *chance = (const unsigned char *)__real_getauxval(AT_RANDOM);
    size_t units = chance ? (size_t)(chance[0] & 15) << 8 | chance[1] : 0;
    void *volatile lost = __real_malloc(16 * (units + 1));
    (void)lost;
}

int
bundle_fill_arguments(const struct bundle_answers *answers, char *out[BUNDLE_MOST_ARGUMENTS + 1])
{
    int count = 0;
    out[count++] = __real_strdup(answers->own_path);
    for (const char *const *each = answers->arguments; each && *each && count < BUNDLE_MOST_ARGUMENTS; each++) {
        out[count++] = __real_strdup(*each);
    }
    out[count] = NULL;
    return count;
}

/* Arguments and variables, in memory that is not recorded, as the kernel's is not; programs may write to them. */
static void
run_alone(void)
{
    const struct bundle_answers *answers = bundle.snapshot->request->answers;
    int argument_count = bundle_fill_arguments(answers, arguments);
    size_t count = 0;
    while (answers->environment[count]) {
        count++;
    }
    char **variables = room((count + 1) * sizeof *variables);
    for (size_t i = 0; i < count; i++) {
        variables[i] = __real_strdup(answers->environment[i]);
    }
    environ = variables;
    exit(to_run(argument_count, arguments, variables));
}

/* The executable comes first. */
static int
hide_in_executable(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type == PT_LOAD && segment->p_flags & PF_X) {
            bundle_hide_processor(info->dlpi_addr + segment->p_vaddr, segment->p_memsz, PROT_READ | PROT_EXEC);
        }
    }
    return 1;
}

void
bundle_start_recording(int (*run)(int, char **, char **))
{
    bool has_output = bundle_open_output((int)bundle.snapshot->request->output);
    note_what_is_open();
    first_float_control = machine_float_control();
    shift_heap();
    usual_signals();
    bundle_own_signal_stack();
    bundle_answer_for_processor();
    __real_dl_iterate_phdr(hide_in_executable, NULL);
    if (!has_output || __real_chdir("/") < 0) {
        _exit(3);
    }
    to_run = run;
    getcontext(&context);
    context.uc_stack.ss_size = BUNDLE_STACK_SIZE;
    context.uc_stack.ss_sp = __real_mmap((void *)BUNDLE_STACK, BUNDLE_STACK_SIZE, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (context.uc_stack.ss_sp != (void *)BUNDLE_STACK) {
        bundle_give_up("no room for a stack");
    }
    makecontext(&context, run_alone, 0);
    setcontext(&context);
    _exit(3);
}

PER_PROCESS static PyMemAllocatorEx usual_allocators[2];
static const PyMemAllocatorDomain domains[] = {PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ};

/* Small objects come from the region one by one, in the order in which they are made, and pymalloc stays as new: in a
   restored process it passes a block that it does not know on to `free`, which knows it by its address (obmalloc.c,
   _PyObject_Free). */
void
bundle_record_allocations(void)
{
    note_what_was_there();
    bundle_note_calls();
    PyMemAllocatorEx raw;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    for (size_t i = 0; i < 2; i++) {
        PyMem_GetAllocator(domains[i], &usual_allocators[i]);
        PyMem_SetAllocator(domains[i], &raw);
    }
}

void
bundle_record_stack(void)
{
    compat_set_stack(PyThreadState_Get(), BUNDLE_STACK, BUNDLE_STACK_SIZE);
}

void
bundle_usual_allocations(void)
{
    for (size_t i = 0; i < 2; i++) {
        PyMem_SetAllocator(domains[i], &usual_allocators[i]);
    }
}

char **
bundle_recorded_arguments(void)
{
    return arguments;
}

void
bundle_look_for_obstacles(void)
{
    if (count_threads() != first_threads + (int)bundle_waiting_threads()) {
        bundle_give_up("thread");
    }
    for (int fd = 3; fd < FIRST_FREE; fd++) {
        if (!was_open[fd] && fcntl(fd, F_GETFD) >= 0) {
            char text[32];
            snprintf(text, sizeof text, "descriptor\n%d", fd);
            bundle_give_up(text);
        }
    }
}

void
bundle_put_before(void)
{
    const struct bundle_request *request = bundle.snapshot->request;
    for (uint64_t i = 0; i < request->range_count; i++) {
        bundle_put_memory(BUNDLE_PART_BEFORE, request->ranges[i].address, before[i], request->ranges[i].size);
    }
    uint64_t now = machine_float_control();
    bundle_put(BUNDLE_PART_FLOAT_CONTROL, now == first_float_control ? 0 : now, NULL, 0);
}
