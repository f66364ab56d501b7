/* The end of a thread that asks for the interpreter when that is being finalized: a daemon thread, at exit.

   Before 3.14 the interpreter calls pthread_exit, for which the C library loads libgcc_s from the system, and ends the
   process with an error where there is none. Unwinding the thread's stack there could also run code of extension modules
   without the lock that they count on. So the thread waits for the end of the process, as it does from 3.14 on. */

#include "interpreter/interposed_python.h"

#include <unistd.h>

void
__wrap_PyThread_exit_thread(void)
{
    for (;;) {
        pause();
    }
}
