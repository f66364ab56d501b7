/* The main thread's variables of the executable. */

#include "snapshot/thread_block.h"

#include "interposed.h"

#include <link.h>

static int
find(struct dl_phdr_info *info, size_t size, void *out)
{
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_TLS) {
            *(struct bundle_thread_block *)out =
                (struct bundle_thread_block){info->dlpi_tls_data, info->dlpi_phdr[i].p_memsz};
        }
    }
    return 1; /* the executable comes first */
}

struct bundle_thread_block
bundle_find_thread_block(void)
{
    struct bundle_thread_block block = {NULL, 0};
    __real_dl_iterate_phdr(find, &block);
    return block;
}
