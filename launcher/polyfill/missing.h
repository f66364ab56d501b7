/* The end of a program that calls what its system cannot do, as the dynamic linker would end it. */

#ifndef MISSING_H
#define MISSING_H

#include "polyfill/polyfill.h"

#include <string.h>
#include <unistd.h>

static inline void __attribute__((noreturn))
polyfill_missing(const char *function)
{
    const char *const texts[] = {"symbol lookup error: this system's C library is too old for ", function, "\n"};
    for (int i = 0; i < 3; i++) {
        if (write(STDERR_FILENO, texts[i], strlen(texts[i])) < 0) {
            break;
        }
    }
    _exit(127);
}

#endif
