/* Libraries that need each other. */

#include "module.h"

int one(int depth);
int two(int depth);

static void
run(void)
{
    say("%d %d", one(4), two(3));
}
