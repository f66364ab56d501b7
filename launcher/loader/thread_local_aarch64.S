/* What code calls for the place of a thread-local variable. Descriptors (ABI for the Arm 64-bit Architecture, TLS descriptors)
   are what compilers use where they are not told otherwise. A descriptor's function is called with the descriptor's address
   in x0, gives the distance from the thread pointer, and changes no other register that a call would. Of vectors that
   have more than 128 bits (SVE), callers keep the rest themselves. */

    .text

/* For a variable at a fixed distance from the thread pointer, which is the descriptor's second word. */
    .globl  bundle_tlsdesc
    .type   bundle_tlsdesc, %function
    .balign 16
bundle_tlsdesc:
    .cfi_startproc
    hint    #34                             // BTI c
    ldr     x0, [x0, #8]
    ret
    .cfi_endproc
    .size   bundle_tlsdesc, . - bundle_tlsdesc

/* For a variable of an object whose storage is made when a thread first asks for it (threads.c). The descriptor's second word
   has the object's number in its upper half, and the place in the thread's block in the lower. */
    .globl  bundle_tlsdesc_dynamic
    .type   bundle_tlsdesc_dynamic, %function
    .balign 16
bundle_tlsdesc_dynamic:
    .cfi_startproc
    hint    #34                             // BTI c
    stp     x1, x2, [sp, #-32]!
    .cfi_adjust_cfa_offset 32
    stp     x3, x4, [sp, #16]
    ldr     x1, [x0, #8]
    mrs     x4, tpidr_el0
.Lagain:
    add     x2, x4, #:tprel_hi12:bundle_thread_blocks, lsl #12
    ldr     x2, [x2, #:tprel_lo12_nc:bundle_thread_blocks]
    cbz     x2, .Lmake
    lsr     x3, x1, #32
    ldr     x2, [x2, x3, lsl #3]
    cbz     x2, .Lmake
    sub     x2, x2, x4
    add     x0, x2, w1, uxtw
    ldp     x3, x4, [sp, #16]
    ldp     x1, x2, [sp], #32
    .cfi_adjust_cfa_offset -32
    ret

/* The first time: a function in C makes the block. It may change all that a call may, and the fast way is gone anew. */
.Lmake:
    .cfi_adjust_cfa_offset 32
    stp     x29, x30, [sp, #-176]!
    .cfi_adjust_cfa_offset 176
    .cfi_rel_offset x29, 0
    .cfi_rel_offset x30, 8
    mov     x29, sp
    stp     x0, x1, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x10, x11, [sp, #80]
    stp     x12, x13, [sp, #96]
    stp     x14, x15, [sp, #112]
    stp     x16, x17, [sp, #128]
    str     x18, [sp, #144]
    mrs     x3, fpsr
    str     x3, [sp, #152]
    sub     sp, sp, #512
    .cfi_adjust_cfa_offset 512
    stp     q0, q1, [sp]
    stp     q2, q3, [sp, #32]
    stp     q4, q5, [sp, #64]
    stp     q6, q7, [sp, #96]
    stp     q8, q9, [sp, #128]
    stp     q10, q11, [sp, #160]
    stp     q12, q13, [sp, #192]
    stp     q14, q15, [sp, #224]
    stp     q16, q17, [sp, #256]
    stp     q18, q19, [sp, #288]
    stp     q20, q21, [sp, #320]
    stp     q22, q23, [sp, #352]
    stp     q24, q25, [sp, #384]
    stp     q26, q27, [sp, #416]
    stp     q28, q29, [sp, #448]
    stp     q30, q31, [sp, #480]
    mov     x0, x1
    bl      bundle_make_thread_block
    ldp     q0, q1, [sp]
    ldp     q2, q3, [sp, #32]
    ldp     q4, q5, [sp, #64]
    ldp     q6, q7, [sp, #96]
    ldp     q8, q9, [sp, #128]
    ldp     q10, q11, [sp, #160]
    ldp     q12, q13, [sp, #192]
    ldp     q14, q15, [sp, #224]
    ldp     q16, q17, [sp, #256]
    ldp     q18, q19, [sp, #288]
    ldp     q20, q21, [sp, #320]
    ldp     q22, q23, [sp, #352]
    ldp     q24, q25, [sp, #384]
    ldp     q26, q27, [sp, #416]
    ldp     q28, q29, [sp, #448]
    ldp     q30, q31, [sp, #480]
    add     sp, sp, #512
    .cfi_adjust_cfa_offset -512
    ldr     x3, [sp, #152]
    msr     fpsr, x3
    ldr     x18, [sp, #144]
    ldp     x16, x17, [sp, #128]
    ldp     x14, x15, [sp, #112]
    ldp     x12, x13, [sp, #96]
    ldp     x10, x11, [sp, #80]
    ldp     x8, x9, [sp, #64]
    ldp     x6, x7, [sp, #48]
    ldp     x4, x5, [sp, #32]
    ldp     x0, x1, [sp, #16]
    ldp     x29, x30, [sp], #176
    .cfi_adjust_cfa_offset -176
    .cfi_restore x29
    .cfi_restore x30
    b       .Lagain
    .cfi_endproc
    .size   bundle_tlsdesc_dynamic, . - bundle_tlsdesc_dynamic

/* In place of __tls_get_addr, in objects that only ask it for variables of objects: all of them lie in the executable's own
   block, at a fixed distance from the thread pointer, which is the second word of what x0 points to. */
    .globl  bundle_tls_get_addr
    .type   bundle_tls_get_addr, %function
    .balign 16
bundle_tls_get_addr:
    .cfi_startproc
    hint    #34                             // BTI c
    mrs     x1, tpidr_el0
    ldr     x0, [x0, #8]
    add     x0, x0, x1
    ret
    .cfi_endproc
    .size   bundle_tls_get_addr, . - bundle_tls_get_addr
    .section .note.GNU-stack, "", %progbits
