/* Thread-local variables of a library and of the module itself; each thread has its own. */

#include "module.h"

#include <stdint.h>

#ifdef EXTERN
extern __thread int shared_count;
extern __thread int *shared_pointer;
extern __thread char shared_aligned[3];
int next_in_library(void);
#endif

static int target = 13;
__thread int count = 40;
static __thread int hidden = 50, zero;
static __thread int *pointer = &target;
_Alignas(64) static __thread char aligned = 'a';

static void
run(void)
{
    say("%d %d %d %d %c %d", count++, hidden++, zero++, *pointer, aligned++, (int)((uintptr_t)&aligned % 64));
#ifdef EXTERN
    say(" %d %d %d", shared_count++, next_in_library(), *shared_pointer);
    say(" %s %d", shared_aligned, (int)((uintptr_t)shared_aligned % 64));
#endif
}
