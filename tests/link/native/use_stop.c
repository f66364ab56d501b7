/* Is ended by a library. */

#include "module.h"

void stop(int depth);

static void
run(void)
{
    stop(3);
}
