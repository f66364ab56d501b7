/* res_mailok: resolver(3). Before glibc 2.34 it has two underscores more, and is in libresolv. */

#include "polyfill/polyfill.h"

int __res_mailok(const char *name);

int
res_mailok(const char *name)
{
    return __res_mailok(name);
}
