/* Runs a command under a kernel that lacks some system calls: `without_calls ERROR FIRST LAST COMMAND...`. Calls from
   number FIRST to LAST fail with the error number; those of other processors' programs are as ever. Status 77 where calls
   cannot be filtered. */

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OWN_PROCESSOR AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OWN_PROCESSOR AUDIT_ARCH_AARCH64
#endif

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))

int
main(int argc, char **argv)
{
    if (argc < 5) {
        fputs("usage: without_calls ERROR FIRST LAST COMMAND...\n", stderr);
        return 2;
    }
    unsigned error = strtoul(argv[1], NULL, 10), first = strtoul(argv[2], NULL, 10), last = strtoul(argv[3], NULL, 10);
    struct sock_filter filter[] = {
        LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_PROCESSOR, 0, 4),
        LOAD(nr),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, last, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error & SECCOMP_RET_DATA)),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        return 77;
    }
    execvp(argv[4], argv + 4);
    perror(argv[4]);
    return 127;
}
