/* res_querydomain: resolver(3). Before glibc 2.34 it has two underscores more, and is in libresolv. */

#include "polyfill/polyfill.h"

int __res_querydomain(const char *name, const char *domain, int class, int type, unsigned char *answer, int room);

int
res_querydomain(const char *name, const char *domain, int class, int type, unsigned char *answer, int room)
{
    return __res_querydomain(name, domain, class, type, answer, room);
}
