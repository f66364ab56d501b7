/* Weak references that nobody defines, that a library defines, and that the C library defines. */

#include "module.h"

__attribute__((weak)) int absent(void);
__attribute__((weak)) extern int absent_data;
__attribute__((weak)) const char *which(void);
__attribute__((weak)) int abs(int value);

static int (*volatile in_table)(void) = absent;

static void
run(void)
{
    int (*volatile function)(void) = absent;
    int *volatile data = &absent_data;
    say("%s %s %s ", function ? "function" : "none", data ? "data" : "none", in_table ? "table" : "none");
    say("%s %d", which ? which() : "none", abs ? abs(-3) : 0);
}
