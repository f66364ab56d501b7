/* The main thread's variables of the executable. */

#ifndef THREAD_BLOCK_H
#define THREAD_BLOCK_H

#include <stdint.h>

struct bundle_thread_block {
    char *address;
    uint64_t size;
};

/* Where they lie in this process (ELF psABI: the executable's segment PT_TLS); nothing if it has none. */
struct bundle_thread_block bundle_find_thread_block(void);

#endif
