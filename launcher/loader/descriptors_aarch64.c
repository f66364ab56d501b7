/* Makes what a TLS descriptor's function does not find (thread_local_aarch64.S). */

#include "bundle.h"
#include "interposed.h"
#include "loader/objects.h"

void
bundle_make_thread_block(uint64_t argument)
{
    struct thread_local_index index = {BUNDLE_DYNAMIC_MODULE + (argument >> 32), 0};
    __wrap___tls_get_addr(&index);
}
