/* res_query: resolver(3). Before glibc 2.34 it has two underscores more, and is in libresolv. */

#include "polyfill/polyfill.h"

int __res_query(const char *name, int class, int type, unsigned char *answer, int room);

int
res_query(const char *name, int class, int type, unsigned char *answer, int room)
{
    return __res_query(name, class, type, answer, room);
}
