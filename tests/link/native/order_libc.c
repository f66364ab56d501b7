/* The C library comes before everything that a module needs. */

#include "module.h"

int ffs(int value);
int call_ffs(int value);

static void
run(void)
{
    volatile int value = 8;
    say("%d %d", ffs(value), call_ffs(value));
}
