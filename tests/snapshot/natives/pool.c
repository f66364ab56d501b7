/* A library that starts threads in its constructor, one for each processor or as many as a variable says, and gives them work: as
   OpenBLAS does. */

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>

enum { MOST = 64, TASKS = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static pthread_t threads[MOST];
static int count, ending, scale = 1;
static struct work {
    int waiting, running;
    long sum;
} *work; /* on the heap */

static void *
serve(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    while (!ending) {
        if (!work->waiting) {
            pthread_cond_wait(&changed, &lock);
            continue;
        }
        work->sum += scale * work->waiting--;
        if (!--work->running) {
            pthread_cond_broadcast(&changed);
        }
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

static void
start_threads(void)
{
    ending = 0;
    for (int i = 0; i < count; i++) {
        pthread_create(&threads[i], NULL, serve, NULL);
    }
}

static void
end_threads(void)
{
    pthread_mutex_lock(&lock);
    ending = 1;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
    for (int i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
}

__attribute__((constructor)) static void
begin(void)
{
    cpu_set_t set;
    const char *wish = getenv("POOL_SIZE");
    sched_getaffinity(0, sizeof set, &set);
    count = wish ? atoi(wish) : CPU_COUNT(&set);
    work = calloc(1, sizeof *work);
    start_threads();
    pthread_atfork(end_threads, start_threads, start_threads);
#ifdef TELL
    setenv("POOL_IS_THERE", "1", 1);
#endif
}

int
pool_count(void)
{
    return count;
}

void
pool_scale(int by)
{
    scale = by;
}

/* The sum of the numbers up to TASKS, times the scale. */
long
pool_sum(void)
{
    pthread_mutex_lock(&lock);
    work->sum = 0;
    work->waiting = work->running = TASKS;
    pthread_cond_broadcast(&changed);
    while (work->running) {
        pthread_cond_wait(&changed, &lock);
    }
    long sum = work->sum;
    pthread_mutex_unlock(&lock);
    return sum;
}
