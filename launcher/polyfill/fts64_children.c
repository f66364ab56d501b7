/* fts(3) as programs with 64-bit offsets call it, glibc 2.23. On 64-bit machines the two are one. */

#include "polyfill/polyfill.h"

void *fts_children(void *tree, int options);

void *
fts64_children(void *tree, int options)
{
    return fts_children(tree, options);
}
