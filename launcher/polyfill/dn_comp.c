/* dn_comp: resolver(3). Before glibc 2.34 it has two underscores more, and is in libresolv. */

#include "polyfill/polyfill.h"

int __dn_comp(const char *name, unsigned char *packed, int room, unsigned char **known, unsigned char **last);

int
dn_comp(const char *name, unsigned char *packed, int room, unsigned char **known, unsigned char **last)
{
    return __dn_comp(name, packed, room, known, last);
}
