/* res_send: resolver(3). Before glibc 2.34 it has two underscores more, and is in libresolv. */

#include "polyfill/polyfill.h"

int __res_send(const unsigned char *query, int size, unsigned char *answer, int room);

int
res_send(const unsigned char *query, int size, unsigned char *answer, int room)
{
    return __res_send(query, size, answer, room);
}
