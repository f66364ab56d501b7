/* Words that the C library has in each process, and that are kept: libstdc++ keeps the addresses of the standard streams and of
   the C locale, for `std::cout` and `std::locale::classic()`; the guard of the stack is left in the padding of structs, and in
   stacks that are put by; the interpreter keeps the main thread. A start finds its own. */

#include "snapshot/library.h"
#include "interposed.h"
#include "machine.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wctype.h>

static const char *const classes[] = {"upper", "lower", "alpha", "digit", "xdigit", "space",
                                      "print", "graph", "blank", "cntrl", "punct",  "alnum"};

size_t
bundle_library_addresses(uint64_t *out)
{
    size_t count = 0;
    out[count++] = machine_stack_guard();
    FILE *streams[] = {stdin, stdout, stderr};
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++) {
        out[count++] = (uint64_t)streams[i];
    }
    locale_t c = __real_newlocale(LC_ALL_MASK, "C", NULL); /* always the same object, which nobody frees */
    if (!c) {
        return count;
    }
    out[count++] = (uint64_t)c;
    for (size_t i = 0; i < sizeof c->__locales / sizeof *c->__locales; i++) {
        out[count++] = (uint64_t)c->__locales[i];
        out[count++] = (uint64_t)c->__names[i];
    }
    out[count++] = (uint64_t)c->__ctype_b;
    out[count++] = (uint64_t)c->__ctype_tolower;
    out[count++] = (uint64_t)c->__ctype_toupper;
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        out[count++] = wctype_l(classes[i], c);
    }
    out[count++] = (uint64_t)wctrans_l("tolower", c);
    out[count++] = (uint64_t)wctrans_l("toupper", c);
    out[count++] = machine_own_thread();
    return count;
}

void
bundle_make_condition(pthread_cond_t *out)
{
    pthread_condattr_t attributes;
    memset(out, 0, sizeof *out);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(out, &attributes);
    pthread_condattr_destroy(&attributes);
}
