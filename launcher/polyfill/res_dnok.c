/* res_dnok: resolver(3). Before glibc 2.34 it has two underscores more, and is in libresolv. */

#include "polyfill/polyfill.h"

int __res_dnok(const char *name);

int
res_dnok(const char *name)
{
    return __res_dnok(name);
}
