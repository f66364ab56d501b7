/* dn_skipname: resolver(3). Before glibc 2.34 it has two underscores more, and is in libresolv. */

#include "polyfill/polyfill.h"

int __dn_skipname(const unsigned char *packed, const unsigned char *end);

int
dn_skipname(const unsigned char *packed, const unsigned char *end)
{
    return __dn_skipname(packed, end);
}
