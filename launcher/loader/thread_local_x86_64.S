/* A TLS descriptor's function for a variable at a fixed distance from the thread pointer (x86-64 psABI, TLSDESC): the
   descriptor is in %rax, its second word is the distance, and no other register may change. */

    .text
    .globl  bundle_tlsdesc
    .type   bundle_tlsdesc, @function
bundle_tlsdesc:
    movq    8(%rax), %rax
    ret
    .size   bundle_tlsdesc, . - bundle_tlsdesc
/* In place of __tls_get_addr, in objects that only ask it for variables of objects: all of them lie in the executable's own
   block, at a fixed distance from the thread pointer, which is the second word of what %rdi points to. */

    .text
    .globl  bundle_tls_get_addr
    .type   bundle_tls_get_addr, @function
bundle_tls_get_addr:
    movq    %fs:0, %rax
    addq    8(%rdi), %rax
    ret
    .size   bundle_tls_get_addr, . - bundle_tls_get_addr
    .section .note.GNU-stack, "", @progbits
