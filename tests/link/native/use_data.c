/* Variables of a library and of the C library, used where they are: no copies. */

#include "module.h"

#include <stdlib.h>

extern int counter, numbers[4], zeros[3000];
extern int *inside;
int *counter_address(void);
void bump(void);
extern char **environ;

static int *const third = &numbers[3];
static FILE **volatile out = &stdout;
static char ***volatile variables = &environ;

static void
run(void)
{
    say("%d ", counter);
    bump();
    say("%d %d %d %d ", counter, &counter == counter_address(), *third, *inside);
    numbers[2] = 7;
    say("%d %d ", *inside, zeros[2999]);
    setenv("LINK_TEST", "set", 1);
    char **last = *variables;
    while (last[1]) {
        last++;
    }
    say("%s %d %d", *last, environ == *variables, stdout == *out);
}
