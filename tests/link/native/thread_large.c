/* Thread-local storage of SIZE bytes and of an ALIGNMENT, used by the module. */

#include "module.h"

#include <stdint.h>

static int target = 17;
static __thread struct {
    int first;
    int *pointer;
    char room[SIZE];
    int last;
} large = {5, &target, {1, 2, 3}, 9};
static __thread char zero[SIZE];
_Alignas(ALIGNMENT) static __thread char aligned[3] = "ab";
__thread int exported = 3;

static void
run(void)
{
    say("%d %d %d %d %d, ", large.first++, *large.pointer, large.room[2]++, large.room[SIZE - 1]++, large.last++);
    say("%d %d, ", zero[0]++, zero[SIZE - 1]++);
    say("%s %d %d", aligned, (int)((uintptr_t)aligned % ALIGNMENT), exported++);
}
