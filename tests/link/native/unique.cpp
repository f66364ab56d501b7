/* A module with a static variable of an inline function: one for all modules of the process. */

#include "module.h"

#include "shared.hpp"

static void
run(void)
{
    say("%d", ++counter<long>());
}
