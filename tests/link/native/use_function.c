/* Function pointers: across libraries, in static tables, given to the C library. */

#include "module.h"

#include <stdlib.h>

int apply(int (*function)(int), int value);
const void *address_of_apply(void);
const void *address_of_strlen(void);

static int
twice(int value)
{
    return 2 * value;
}

static int
descending(const void *a, const void *b)
{
    return *(const int *)b - *(const int *)a;
}

/* strlen and memcmp are chosen by the C library when it is loaded (IFUNC). */
static size_t (*volatile length)(const char *) = strlen;
static int (*const table[])(int) = {twice, abs, twice};
static int (*volatile compare)(const void *, const void *, size_t) = memcmp;

static void
run(void)
{
    int values[] = {3, 1, 2};
    qsort(values, 3, sizeof *values, descending);
    say("%d %d %d ", apply(twice, 21), apply(table[1], -5), table[2](4));
    say("%d%d%d %d %d ", values[0], values[1], values[2], (int)length("four"), compare("a", "b", 1) < 0);
    say("%d %d", address_of_apply() == (const void *)apply, address_of_strlen() == (const void *)strlen);
}
