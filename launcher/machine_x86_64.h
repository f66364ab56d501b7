/* x86-64 (System V ABI, AMD64 supplement). */

#ifndef MACHINE_X86_64_H
#define MACHINE_X86_64_H

#include <elf.h>
#include <linux/audit.h>
#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

/* What uname(2) calls it. */
#define MACHINE_NAME "x86_64"

/* The largest page with which kernels are built: what a snapshot holds consists of units of this size. */
enum { MACHINE_PAGE = 4096 };

/* --- Shared objects --- */

#define MACHINE_ELF EM_X86_64

/* A version of the C library's symbols that the C library of every system has on which binaries run. */
#define MACHINE_LIBC_VERSION "GLIBC_2.17"

/* Does a relocation stand for a word that holds the address of a symbol? */
static inline bool
machine_is_symbol_word(uint32_t type)
{
    return type == R_X86_64_JUMP_SLOT || type == R_X86_64_GLOB_DAT || type == R_X86_64_64;
}

/* A variable that functions in assembler read too, by a symbol; here there are none. */
#define MACHINE_READ_BY_ASSEMBLER(declaration, symbol) static declaration

/* Of a function that old compilers call with a stack that is not aligned (GCC bug 58066). */
#define MACHINE_ALIGNS_STACK __attribute__((force_align_arg_pointer))

/* --- System calls (section A.2.1) --- */

#define MACHINE_AUDIT AUDIT_ARCH_X86_64

/* Make a system call; the label stands behind the only instruction by which this is done. */
#define MACHINE_CALL(label, result, number, a) \
    do { \
        register long r10 __asm__("r10") = (a)[3]; \
        register long r8 __asm__("r8") = (a)[4]; \
        register long r9 __asm__("r9") = (a)[5]; \
        __asm__ volatile("syscall\n" label ":" \
                         : "=a"(result) \
                         : "a"(number), "D"((a)[0]), "S"((a)[1]), "d"((a)[2]), "r"(r10), "r"(r8), "r"(r9) \
                         : "rcx", "r11", "memory"); \
    } while (0)

/* The arguments of one that was stopped. */
static inline void
machine_call_arguments(const ucontext_t *context, long *a)
{
    static const int places[] = {REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9};
    for (int i = 0; i < 6; i++) {
        a[i] = (long)context->uc_mcontext.gregs[places[i]];
    }
}

static inline void
machine_set_result(ucontext_t *context, long result)
{
    context->uc_mcontext.gregs[REG_RAX] = result;
}

/* The process's random word by which compiled code finds out that its stack was overwritten (GCC's -fstack-protector). */
static inline uint64_t
machine_stack_guard(void)
{
    uint64_t guard;
    __asm__("movq %%fs:0x28, %0" : "=r"(guard));
    return guard;
}

/* What pthread_self(3) returns where that is not the thread pointer itself; here it is. */
static inline uint64_t
machine_own_thread(void)
{
    return 0;
}

/* --- Numbers with a point --- */

/* How the processor rounds and what it takes for zero, without what has happened so far (MXCSR, and the control word of the x87:
   Intel's manual, volume 1, sections 10.2.3 and 8.1.5). */
static inline uint64_t
machine_float_control(void)
{
    uint32_t vector;
    uint16_t old;
    __asm__ volatile("stmxcsr %0\nfnstcw %1" : "=m"(vector), "=m"(old));
    return (vector & ~UINT32_C(0x3f)) | (uint64_t)old << 32;
}

static inline void
machine_set_float_control(uint64_t control)
{
    uint32_t vector = (uint32_t)control;
    uint16_t old = (uint16_t)(control >> 32);
    __asm__ volatile("ldmxcsr %0\nfldcw %1" : : "m"(vector), "m"(old));
}

/* --- Signals of instructions that the kernel refused --- */

/* Can the processor be told to stop behind one instruction? */
enum { MACHINE_STOPS = true };

/* Did an instruction that the kernel refused want to write? (Bit 1 of the error code of a page fault: Intel's manual, volume 3,
   section 4.7.) */
static inline bool
machine_wanted_to_write(const ucontext_t *context)
{
    return context->uc_mcontext.gregs[REG_ERR] & 2;
}

/* Let the processor stop behind the next instruction, or no longer (the trap flag: the same volume, section 17.3.1.4). */
static inline void
machine_stop_behind_next(ucontext_t *context, bool stops)
{
    enum { TRAP_FLAG = 0x100 };
    greg_t *flags = &context->uc_mcontext.gregs[REG_EFL];
    *flags = stops ? *flags | TRAP_FLAG : *flags & ~(greg_t)TRAP_FLAG;
}

#endif
