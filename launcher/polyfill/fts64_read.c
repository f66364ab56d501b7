/* fts(3) as programs with 64-bit offsets call it, glibc 2.23. On 64-bit machines the two are one. */

#include "polyfill/polyfill.h"

void *fts_read(void *tree);

void *
fts64_read(void *tree)
{
    return fts_read(tree);
}
