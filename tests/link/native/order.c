/* Which of several definitions a name is bound to. EXPRESSION is text; OWN defines `which` in the module too. */

#include "module.h"

const char *which(void);
const char *call_which(void);
const char *call_own(void);
const char *call_other(void);
const char *call_symbolic(void);
const char *call_protected(void);
int ffs(int value);
int call_ffs(int value);

#ifdef OWN
const char *
which(void)
{
    return "module";
}
#endif

static void
run(void)
{
    say("%s", EXPRESSION);
}
