/* fts(3) as programs with 64-bit offsets call it, glibc 2.23. On 64-bit machines the two are one. */

#include "polyfill/polyfill.h"

int fts_close(void *tree);

int
fts64_close(void *tree)
{
    return fts_close(tree);
}
