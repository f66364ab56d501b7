/* A TLS descriptor's function for a variable at a fixed distance from the thread pointer (AArch64 TLS descriptors): the
   descriptor is at x0, its second word is the distance, and no other register may change. */

    .text
    .globl  bundle_tlsdesc
    .type   bundle_tlsdesc, %function
bundle_tlsdesc:
    hint    #34                     // BTI c
    ldr     x0, [x0, #8]
    ret
    .size   bundle_tlsdesc, . - bundle_tlsdesc
/* In place of __tls_get_addr, in objects that only ask it for variables of objects: all of them lie in the executable's own
   block, at a fixed distance from the thread pointer, which is the second word of what x0 points to. */

    .text
    .globl  bundle_tls_get_addr
    .type   bundle_tls_get_addr, %function
bundle_tls_get_addr:
    hint    #34                     // BTI c
    mrs     x1, tpidr_el0
    ldr     x0, [x0, #8]
    add     x0, x0, x1
    ret
    .size   bundle_tls_get_addr, . - bundle_tls_get_addr
    .section .note.GNU-stack, "", %progbits
