.section .rodata.bundle_pool
.balign 4
.globl bundle_pool, bundle_pool_hashes, bundle_pool_count
bundle_pool:
.long u_TEXTS
.long u_abs
.long u_distance
.long u_shared_name
.long u_scale
.long u_sys
.long u_DATA
.long u_other
.long u_NUMBERS
.long u_Point
bundle_pool_hashes:
.long 0x241552d7
.long 0x2a48023b
.long 0x2eb31462
.long 0x58fa288a
.long 0x82971c71
.long 0xc3589f16
.long 0xc407fae5
.long 0xc87d8df5
.long 0xda808389
.long 0xeaa8ef31
bundle_pool_count: .long 10
.section .note.GNU-stack,"",@progbits
