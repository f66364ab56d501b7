/* AArch64 (Procedure Call Standard for the Arm 64-bit Architecture; Linux, arch/arm64). */

#ifndef MACHINE_AARCH64_H
#define MACHINE_AARCH64_H

#include "interposed.h"

#include <asm/sigcontext.h>
#include <dlfcn.h>
#include <elf.h>
#include <linux/audit.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

/* What uname(2) calls it. */
#define MACHINE_NAME "aarch64"

/* The largest page with which kernels are built (4, 16 or 64 KiB): what a snapshot holds consists of units of this size. */
enum { MACHINE_PAGE = 64 << 10 };

/* --- Shared objects --- */

#define MACHINE_ELF EM_AARCH64

/* A version of the C library's symbols that the C library of every system has on which binaries run. */
#define MACHINE_LIBC_VERSION "GLIBC_2.17"

/* Does a relocation stand for a word that holds the address of a symbol? */
static inline bool
machine_is_symbol_word(uint32_t type)
{
    return type == R_AARCH64_JUMP_SLOT || type == R_AARCH64_GLOB_DAT || type == R_AARCH64_ABS64;
}

/* A variable that functions in assembler read too, by a symbol. */
#define MACHINE_READ_BY_ASSEMBLER(declaration, symbol) __attribute__((visibility("hidden"))) declaration __asm__(symbol)

/* The stack is aligned wherever it is used. */
#define MACHINE_ALIGNS_STACK

/* --- System calls (Linux, arch/arm64/kernel/entry.S) --- */

#define MACHINE_AUDIT AUDIT_ARCH_AARCH64

/* Make a system call; the label stands behind the only instruction by which this is done. */
#define MACHINE_CALL(label, result, number, a) \
    do { \
        register long x8 __asm__("x8") = (number); \
        register long x0 __asm__("x0") = (a)[0]; \
        register long x1 __asm__("x1") = (a)[1]; \
        register long x2 __asm__("x2") = (a)[2]; \
        register long x3 __asm__("x3") = (a)[3]; \
        register long x4 __asm__("x4") = (a)[4]; \
        register long x5 __asm__("x5") = (a)[5]; \
        __asm__ volatile("svc #0\n" label ":" \
                         : "+r"(x0) \
                         : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) \
                         : "memory"); \
        (result) = x0; \
    } while (0)

/* The arguments of one that was stopped. */
static inline void
machine_call_arguments(const ucontext_t *context, long *a)
{
    for (int i = 0; i < 6; i++) {
        a[i] = (long)context->uc_mcontext.regs[i];
    }
}

static inline void
machine_set_result(ucontext_t *context, long result)
{
    context->uc_mcontext.regs[0] = (unsigned long long)result;
}

/* The process's random word by which compiled code finds out that its stack was overwritten: a variable of the dynamic linker. */
static inline uint64_t
machine_stack_guard(void)
{
    const uint64_t *guard = __real_dlsym(RTLD_DEFAULT, "__stack_chk_guard");
    return guard ? *guard : 0;
}

/* What pthread_self(3) returns where that is not the thread pointer itself: the C library's description of a thread lies in front
   of it, and its size depends on the version. */
static inline uint64_t
machine_own_thread(void)
{
    return (uint64_t)pthread_self();
}

/* --- Numbers with a point --- */

/* How the processor rounds and what it takes for zero (FPCR: Arm Architecture Reference Manual, section C5.2). */
static inline uint64_t
machine_float_control(void)
{
    uint64_t control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    return control;
}

static inline void
machine_set_float_control(uint64_t control)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(control));
}

/* --- Signals of instructions that the kernel refused --- */

/* Can the processor be told to stop behind one instruction? Only a debugger can. */
enum { MACHINE_STOPS = false };

/* Did an instruction that the kernel refused want to write? (Bit 6 of the syndrome of a data abort: Arm Architecture Reference
   Manual, ESR_EL1.) */
static inline bool
machine_wanted_to_write(const ucontext_t *context)
{
    const unsigned char *at = context->uc_mcontext.__reserved;
    for (;;) {
        const struct _aarch64_ctx *record = (const void *)at;
        if (record->magic == ESR_MAGIC) {
            return ((const struct esr_context *)record)->esr >> 6 & 1;
        }
        if (!record->magic) {
            return true;
        }
        at += record->size;
    }
}

static inline void
machine_stop_behind_next(ucontext_t *context, bool stops)
{
    (void)context;
    (void)stops;
}

#endif
