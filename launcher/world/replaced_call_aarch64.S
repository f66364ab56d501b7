/* The code that stands in place of an instruction by which a system call is made (replaced_calls_aarch64.c copies it). Like that
   instruction it changes no register but x0, and no flags.

   Calls that concern the process alone are made here. Where threads are made, all signals are blocked, so that is made here, too. All
   others come to an instruction that there is not, whose signal's handler goes on behind it. */

#include <asm/unistd.h>

    .section .rodata.bundle_replaced_call, "a"
    .balign 8
    .globl bundle_replaced_call, bundle_replaced_refused, bundle_replaced_back, bundle_replaced_allowed, bundle_replaced_end
    .hidden bundle_replaced_call, bundle_replaced_refused, bundle_replaced_back, bundle_replaced_allowed, bundle_replaced_end
bundle_replaced_call:
    stp     x16, x17, [sp, #-16]!
    lsr     x16, x8, #9
    cbnz    x16, .Lstop
    ldr     x17, bundle_replaced_allowed
    lsr     x16, x8, #6
    ldr     x17, [x17, x16, lsl #3]
    lsr     x17, x17, x8
    tbnz    x17, #0, .Lmake
    sub     x16, x8, #__NR_clone
    cbz     x16, .Lclone
    sub     x16, x8, #435               /* clone3: its flags cannot be looked at; the C library goes on with clone */
    cbnz    x16, .Lstop
    ldp     x16, x17, [sp], #16
    mov     x0, #-38                    /* ENOSYS */
    b       bundle_replaced_back
.Lclone:
    tbnz    x0, #16, .Lmake             /* CLONE_THREAD */
.Lstop:
    ldp     x16, x17, [sp], #16
bundle_replaced_refused:
    .inst   0                           /* UDF #0 */
    svc     #0
    b       bundle_replaced_back
.Lmake:
    ldp     x16, x17, [sp], #16
    svc     #0
bundle_replaced_back:
    .inst   0                           /* becomes a branch to what follows the instruction */
    .balign 8
bundle_replaced_allowed:
    .quad   0                           /* becomes the address of a bit for each number */
bundle_replaced_end:

    .section .note.GNU-stack, "", @progbits
