/* The filter that stops system calls of a recorded program.

   A filter of the kernel (seccomp(2)) lets through what changes and tells nothing outside of the process, and what the launcher
   itself makes; all else it stops where it is made. The signal's handler gives the answer (calls.c). Where the kernel has no filter, as under
   QEMU's user emulation, the instructions that make calls are replaced (replaced_calls.h); where that cannot be done either, nothing
   would show what a program asks and does, and there is no recording. */

#include "interposed.h"
#include "machine.h"
#include "polyfill/polyfill.h"
#include "world/calls.h"
#include "world/replaced_calls.h"
#include "world/world.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Headers of Linux before 4.14 lack it; kernels before that end the thread alone. */
#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS 0x80000000U
#endif

static void
answer_stopped(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    int error = errno;
    long a[6];
    machine_call_arguments(context, a);
    machine_set_result(context, bundle_answer_call(info->si_syscall, a, info->si_call_addr));
    errno = error;
}

void
bundle_own_signal_stack(void)
{
    enum { SIZE = 1 << 20 };
    void *room = __real_mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    const stack_t stack = {.ss_sp = room, .ss_size = SIZE};
    if (room != MAP_FAILED) {
        __real_sigaltstack(&stack, NULL);
    }
}

#define FIELD(name) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, name))
#define ARGUMENT(number) \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[number])) /* its lower half */
#define IF(condition, value, then, otherwise) \
    BPF_JUMP(BPF_JMP | (condition) | BPF_K, (unsigned)(value), then, otherwise)
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)

bool
bundle_stop_calls(void)
{
    uint64_t behind = (uint64_t)bundle_behind_call();
    const struct sock_filter head[] = {
        FIELD(arch),
        IF(BPF_JEQ, MACHINE_AUDIT, 1, 0),
        RETURN(SECCOMP_RET_KILL_PROCESS),
        FIELD(instruction_pointer),
        IF(BPF_JEQ, behind, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, instruction_pointer) + 4),
        IF(BPF_JEQ, behind >> 32, 0, 1),
        RETURN(SECCOMP_RET_ALLOW),
        FIELD(nr),
        IF(BPF_JEQ, SYS_clone, 0, 4),
        ARGUMENT(0),
        IF(BPF_JSET, CLONE_THREAD, 0, 1),
        RETURN(SECCOMP_RET_ALLOW),
        RETURN(SECCOMP_RET_TRAP),
        IF(BPF_JEQ, SYS_clone3, 0, 1),
        RETURN(SECCOMP_RET_ERRNO | ENOSYS), /* its flags cannot be looked at; the C library goes on with clone */
    };
    const struct sock_filter tail[] = {
        RETURN(SECCOMP_RET_TRAP),         ARGUMENT(0), /* of a call about a descriptor */
        IF(BPF_JGT, STDERR_FILENO, 1, 0), RETURN(SECCOMP_RET_TRAP),
        RETURN(SECCOMP_RET_ALLOW),
    };
    enum { HEAD = sizeof head / sizeof *head, TAIL = sizeof tail / sizeof *tail };
    const size_t inner = bundle_inner_call_count, all = inner + bundle_descriptor_call_count, count = HEAD + all + TAIL;
    struct sock_filter filter[HEAD + MOST_INNER_CALLS + TAIL];
    memcpy(filter, head, sizeof head);
    for (size_t i = 0; i < all; i++) {
        bool is_inner = i < inner;
        unsigned number = is_inner ? bundle_inner_calls[i] : bundle_descriptor_calls[i - inner];
        filter[HEAD + i] =
            (struct sock_filter)IF(BPF_JEQ, number, (unsigned char)(all - 1 - i + (is_inner ? 4 : 1)), 0);
    }
    memcpy(filter + HEAD + all, tail, sizeof tail);
    struct sigaction action = {.sa_sigaction = answer_stopped, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
    struct sock_fprog program = {(unsigned short)count, filter};
    __real_sigaction(SIGSYS, &action, NULL);
    __real_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const struct bundle_stopped_calls calls = {bundle_inner_calls, inner, bundle_behind_call(), bundle_passes,
                                               bundle_answer_call};
    return __real_prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0 || bundle_replace_calls(&calls);
}
