/* fts(3) as programs with 64-bit offsets call it, glibc 2.23. On 64-bit machines the two are one. */

#include "polyfill/polyfill.h"

int fts_set(void *tree, void *entry, int options);

int
fts64_set(void *tree, void *entry, int options)
{
    return fts_set(tree, entry, options);
}
