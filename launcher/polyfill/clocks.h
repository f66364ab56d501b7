/* Waiting until a time of a clock, with functions that know CLOCK_REALTIME only. */

#ifndef CLOCKS_H
#define CLOCKS_H

#include "polyfill/polyfill.h"

#include <stdbool.h>
#include <time.h>

#define SECOND 1000000000L

/* Is it a clock and a time that the functions accept? */
static inline bool
polyfill_is_time(clockid_t clock, const struct timespec *time)
{
    return (clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC) && time->tv_nsec >= 0 && time->tv_nsec < SECOND;
}

/* The time of CLOCK_REALTIME at which it is, as things stand, `time` on the clock. */
static inline struct timespec
polyfill_real_time(clockid_t clock, const struct timespec *time)
{
    struct timespec now, real;
    if (clock == CLOCK_REALTIME) {
        return *time;
    }
    clock_gettime(clock, &now);
    clock_gettime(CLOCK_REALTIME, &real);
    real.tv_sec += time->tv_sec - now.tv_sec;
    real.tv_nsec += time->tv_nsec - now.tv_nsec;
    real.tv_sec += (real.tv_nsec >= SECOND) - (real.tv_nsec < 0);
    real.tv_nsec += real.tv_nsec < 0 ? SECOND : real.tv_nsec >= SECOND ? -SECOND : 0;
    return real.tv_sec < 0 ? (struct timespec){0, 0} : real;
}

/* Has the time come? CLOCK_REALTIME may have been set while somebody waited. */
static inline bool
polyfill_has_come(clockid_t clock, const struct timespec *time)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec > time->tv_sec || (now.tv_sec == time->tv_sec && now.tv_nsec >= time->tv_nsec);
}

#endif
