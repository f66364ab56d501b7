/* res_nsend: resolver(3). Before glibc 2.34 it has two underscores more, and is in libresolv. */

#include "polyfill/polyfill.h"

int __res_nsend(void *state, const unsigned char *query, int size, unsigned char *answer, int room);

int
res_nsend(void *state, const unsigned char *query, int size, unsigned char *answer, int room)
{
    return __res_nsend(state, query, size, answer, room);
}
