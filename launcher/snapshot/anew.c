/* A start that is restored and cannot go on, since a statement that is run again raises an exception here, begins anew as a usual
   one: only that has the modules in between, which may handle the exception, and the traceback. */

#include "snapshot/anew.h"

#include "interposed.h"
#include "lifetime.h"
#include "snapshot/snapshot.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

PER_PROCESS static char **environment; /* NULL: no variable was set since */

void
bundle_keep_environment(void)
{
    size_t count = 1; /* the NULL at the end */
    for (char **variable = environ; variable && *variable; variable++) {
        count++;
    }
    environment = __real_calloc(count, sizeof *environment);
    if (environment && count > 1) {
        memcpy(environment, environ, (count - 1) * sizeof *environment);
    }
}

void
bundle_begin_anew(const struct bundle_start *start)
{
    if (!PyErr_ExceptionMatches(PyExc_KeyboardInterrupt)) {
        bundle_start_anew(start, environment ? environment : environ);
    }
}
