/* pthread_cond_clockwait(3), glibc 2.30. The condition is taken to have the usual clock, CLOCK_REALTIME. */

#include "polyfill/clocks.h"

int pthread_cond_timedwait(void *condition, void *mutex, const struct timespec *time);

int
pthread_cond_clockwait(void *condition, void *mutex, clockid_t clock, const struct timespec *time)
{
    __typeof__(&pthread_cond_clockwait) own = OWN(pthread_cond_clockwait);
    if (own) {
        return own(condition, mutex, clock, time);
    }
    if (!polyfill_is_time(clock, time)) {
        return EINVAL;
    }
    struct timespec real = polyfill_real_time(clock, time);
    int result = pthread_cond_timedwait(condition, mutex, &real);
    /* Too early, when the clock was set: a return for no reason, which is allowed. */
    return result == ETIMEDOUT && !polyfill_has_come(clock, time) ? 0 : result;
}
