/* dn_expand: resolver(3). Before glibc 2.34 it has two underscores more, and is in libresolv. */

#include "polyfill/polyfill.h"

int
__dn_expand(const unsigned char *message, const unsigned char *end, const unsigned char *packed, char *name, int room);

int
dn_expand(const unsigned char *message, const unsigned char *end, const unsigned char *packed, char *name, int room)
{
    return __dn_expand(message, end, packed, name, room);
}
