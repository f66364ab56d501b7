/* __tls_get_addr, which the C library's archive lacks on this processor: code in an executable does not need it, that of objects
   does. */

#include "loader/objects.h"

#include <elf.h>
#include <stdint.h>
#include <sys/auxv.h>

/* Bytes of the executable's own block, up to the thread pointer (ELF Handling For Thread-Local Storage, 3.4.6). */
static uint64_t
block_size(void)
{
    const ElfW(Phdr) *headers = (const void *)getauxval(AT_PHDR);
    for (uint64_t i = 0; i < getauxval(AT_PHNUM); i++) {
        if (headers[i].p_type == PT_TLS) {
            return (headers[i].p_memsz + headers[i].p_align - 1) & -headers[i].p_align;
        }
    }
    return 0;
}

/* Objects have no other number than the executable's: those with storage of their own ask loader/threads.c. */
void *
__tls_get_addr(struct thread_local_index *index)
{
    struct thread_local_index from_thread_pointer = {0, index->offset - block_size()};
    return bundle_tls_get_addr(&from_thread_pointer);
}
