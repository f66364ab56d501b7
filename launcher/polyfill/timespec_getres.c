/* timespec_getres(3), C23, glibc 2.34. */

#include "polyfill/polyfill.h"

#include <time.h>

#define UTC 1 /* TIME_UTC */

int timespec_getres(struct timespec *resolution, int base);

int
timespec_getres(struct timespec *resolution, int base)
{
    if (base != UTC) {
        return 0;
    }
    clock_getres(CLOCK_REALTIME, resolution);
    return base;
}
