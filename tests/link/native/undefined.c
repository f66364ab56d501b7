/* A module that needs something which nobody has. */

#include "module.h"

int nobody_has_this(void);

static void
run(void)
{
    say("%d", nobody_has_this());
}
