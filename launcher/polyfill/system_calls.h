/* Numbers of system calls that the kernel's headers of old build machines lack. From number 424 on, all machines have the
   same (Linux, Documentation/process/adding-syscalls.rst); the processor's header has the others. */

#ifndef SYSTEM_CALLS_H
#define SYSTEM_CALLS_H

#include <sys/syscall.h>

#if defined(__x86_64__)
#include "polyfill/machine_x86_64.h"
#elif defined(__aarch64__)
#include "polyfill/machine_aarch64.h"
#endif

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
#ifndef SYS_faccessat2
#define SYS_faccessat2 439
#endif
#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

#endif
