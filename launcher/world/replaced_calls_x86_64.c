/* Instructions of this processor have many lengths, so those that make system calls cannot be told from other bytes. */

#include "world/replaced_calls.h"
#include "world/world.h"

bool
bundle_replace_calls(const struct bundle_stopped_calls *calls)
{
    (void)calls;
    return false;
}

bool
bundle_replace_calls_in(uint64_t address, uint64_t size, int protection)
{
    (void)address;
    (void)size;
    (void)protection;
    return true;
}

bool
bundle_has_other_code(void)
{
    return false;
}
