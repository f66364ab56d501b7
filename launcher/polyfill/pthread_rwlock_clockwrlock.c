/* pthread_rwlock_clockwrlock(3), glibc 2.30. */

#include "polyfill/clocks.h"

int pthread_rwlock_timedwrlock(void *lock, const struct timespec *time);

int
pthread_rwlock_clockwrlock(void *lock, clockid_t clock, const struct timespec *time)
{
    __typeof__(&pthread_rwlock_clockwrlock) own = OWN(pthread_rwlock_clockwrlock);
    if (own) {
        return own(lock, clock, time);
    }
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        return EINVAL;
    }
    if (time->tv_nsec < 0 || time->tv_nsec >= SECOND) {
        return pthread_rwlock_timedwrlock(lock, time); /* only an error when it has to wait */
    }
    for (;;) {
        struct timespec real = polyfill_real_time(clock, time);
        int result = pthread_rwlock_timedwrlock(lock, &real);
        if (result != ETIMEDOUT || polyfill_has_come(clock, time)) {
            return result;
        }
    }
}
