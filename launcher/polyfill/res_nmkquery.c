/* res_nmkquery: resolver(3). Before glibc 2.34 it has two underscores more, and is in libresolv. */

#include "polyfill/polyfill.h"

int __res_nmkquery(void *state, int operation, const char *name, int class, int type, const unsigned char *data,
                   int size, const unsigned char *record, unsigned char *query, int room);

int
res_nmkquery(void *state, int operation, const char *name, int class, int type, const unsigned char *data, int size,
             const unsigned char *record, unsigned char *query, int room)
{
    return __res_nmkquery(state, operation, name, class, type, data, size, record, query, room);
}
