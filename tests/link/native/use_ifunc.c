/* Functions that are chosen at load time: a library's, and one of the module itself. */

#include "module.h"

int chosen(int value);
int call_chosen(int value);

static int (*volatile exported)(int) = chosen;

static int
mine(int value)
{
    return value + 200;
}

static int (*choose_own(void))(int)
{
    return mine;
}

static int own(int value) __attribute__((ifunc("choose_own")));
static int (*volatile local)(int) = own;

static void
run(void)
{
    say("%d %d %d %d %d", chosen(1), call_chosen(2), exported(3), own(4), local(5));
}
