/* Variables that want more than a page. */

#include "module.h"

#include <stdint.h>

_Alignas(1 << 21) static char large[5] = "large";
_Alignas(1 << 16) static char medium[3];

static void
run(void)
{
    medium[2]++;
    say("%d %d %.5s %d", (int)((uintptr_t)large % (1 << 21)), (int)((uintptr_t)medium % (1 << 16)), large, medium[2]);
}
