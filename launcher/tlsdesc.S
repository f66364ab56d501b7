/* A TLS descriptor's function for a variable at a fixed distance from the thread pointer (x86-64 psABI, TLSDESC): the
   descriptor is in %rax, its second word is the distance, and no other register may change. */

    .text
    .globl  bundle_tlsdesc
    .type   bundle_tlsdesc, @function
bundle_tlsdesc:
    movq    8(%rax), %rax
    ret
    .size   bundle_tlsdesc, . - bundle_tlsdesc
    .section .note.GNU-stack, "", @progbits
