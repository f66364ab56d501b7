/* fts(3) as programs with 64-bit offsets call it, glibc 2.23. On 64-bit machines the two are one. */

#include "polyfill/polyfill.h"

void *fts_open(char *const *paths, int options, int (*compare)(const void **, const void **));

void *
fts64_open(char *const *paths, int options, int (*compare)(const void **, const void **))
{
    return fts_open(paths, options, compare);
}
