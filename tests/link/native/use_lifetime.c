/* A module whose libraries are made before it, in the order in which they need each other. */

#include "module.h"

#include <unistd.h>

int inner_atexit(void);
int outer_atexit(void);

__attribute__((constructor)) static void
construct(void)
{
    (void)!write(1, "module: constructor\n", 20);
}

__attribute__((destructor)) static void
destruct(void)
{
    (void)!write(1, "module: destructor\n", 19);
}

static void
run(void)
{
    say("%d %d", inner_atexit(), outer_atexit());
}
