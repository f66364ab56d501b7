/* AArch64: the type _Float128, which not every compiler knows by this name, and the numbers of system calls that
   the kernel's headers of old build machines lack (Linux, include/uapi/asm-generic/unistd.h). */

#ifndef POLYFILL_MACHINE_AARCH64_H
#define POLYFILL_MACHINE_AARCH64_H

typedef long double polyfill_float128;

#ifndef SYS_renameat2
#define SYS_renameat2 276
#endif
#ifndef SYS_getrandom
#define SYS_getrandom 278
#endif
#ifndef SYS_memfd_create
#define SYS_memfd_create 279
#endif
#ifndef SYS_execveat
#define SYS_execveat 281
#endif
#ifndef SYS_membarrier
#define SYS_membarrier 283
#endif
#ifndef SYS_mlock2
#define SYS_mlock2 284
#endif
#ifndef SYS_copy_file_range
#define SYS_copy_file_range 285
#endif
#ifndef SYS_preadv2
#define SYS_preadv2 286
#endif
#ifndef SYS_pwritev2
#define SYS_pwritev2 287
#endif
#ifndef SYS_statx
#define SYS_statx 291
#endif
#ifndef SYS_rseq
#define SYS_rseq 293
#endif

#endif
