/* sem_clockwait(3), glibc 2.30. */

#include "polyfill/clocks.h"

int sem_timedwait(void *semaphore, const struct timespec *time);

int
sem_clockwait(void *semaphore, clockid_t clock, const struct timespec *time)
{
    __typeof__(&sem_clockwait) own = OWN(sem_clockwait);
    if (own) {
        return own(semaphore, clock, time);
    }
    if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) {
        errno = EINVAL;
        return -1;
    }
    if (time->tv_nsec < 0 || time->tv_nsec >= SECOND) {
        return sem_timedwait(semaphore, time); /* only an error when it has to wait */
    }
    for (;;) {
        struct timespec real = polyfill_real_time(clock, time);
        if (sem_timedwait(semaphore, &real) == 0) {
            return 0;
        }
        if (errno != ETIMEDOUT || polyfill_has_come(clock, time)) {
            return -1;
        }
    }
}
