/* Functions that later C libraries have, for systems with an older one (bundler/glibc/).

   A file defines one function, after which it is named, with the other names that it goes by. It is linked only when
   the executable or a prelinked object needs it and the oldest C library that is to be supported lacks it. A polyfill
   does what the function's manual says, its errors included. Where that takes more than a system call, it calls the C
   library's own function on systems that have one.

   No file includes the header that declares its function: headers give functions other names (_FILE_OFFSET_BITS), or
   define them in place. */

#ifndef POLYFILL_H
#define POLYFILL_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lifetime.h"
#include "polyfill/system_calls.h"

/* Another name for a function of the same file. */
#define POLYFILL_ALIAS(other, function) extern __attribute__((alias(#function))) __typeof__(function) other

/* The C library's own function of this name; NULL where it has none. */
#define OWN(function) \
    ({ \
        PER_PROCESS static void *known; \
        (__typeof__(&function))polyfill_own(#function, NULL, &known); \
    })

/* The same, of functions that mean something else in older versions: only one of this version. */
#define OWN_VERSION(function, version) \
    ({ \
        PER_PROCESS static void *known; \
        (__typeof__(&function))polyfill_own(#function, version, &known); \
    })

long syscall(long number, ...);

/* Of the C library: a function that the launcher interposes is not meant here. */
void *__real_dlsym(void *handle, const char *name);
void *__real_dlvsym(void *handle, const char *name, const char *version);

/* `known`: what was found the first time; NULL: not asked yet; its own address: there is none. */
static inline void *
polyfill_own(const char *name, const char *version, void **known)
{
    void *found = __atomic_load_n(known, __ATOMIC_RELAXED);
    if (!found) {
        /* NULL is RTLD_DEFAULT; the executable exports no polyfill. */
        found = version ? __real_dlvsym(NULL, name, version) : __real_dlsym(NULL, name);
        found = found ? found : (void *)known;
        __atomic_store_n(known, found, __ATOMIC_RELAXED);
    }
    return found == (void *)known ? NULL : found;
}

#endif
