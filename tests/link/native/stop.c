/* A library that ends the process, below a frame without a name and one that it exports. */

#include <stdlib.h>

void stop(int depth);

__attribute__((noinline)) static void
deeper(volatile int depth)
{
    if (depth) {
        deeper(depth - 1);
        depth++; /* no tail call */
    }
    abort();
}

void
stop(int depth)
{
    deeper(depth);
}
