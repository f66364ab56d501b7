/* res_nsearch: resolver(3). Before glibc 2.34 it has two underscores more, and is in libresolv. */

#include "polyfill/polyfill.h"

int __res_nsearch(void *state, const char *name, int class, int type, unsigned char *answer, int room);

int
res_nsearch(void *state, const char *name, int class, int type, unsigned char *answer, int room)
{
    return __res_nsearch(state, name, class, type, answer, room);
}
