/* Calls a function that the oldest C library lacks, and for which there is no polyfill. With WEAK it does without. */

#include "module.h"

#ifdef WEAK
__attribute__((weak))
#endif
int strfromd(char *text, size_t size, const char *format, double number);

static void
run(void)
{
    char text[32];
#ifdef WEAK
    if (!strfromd) {
        return;
    }
#endif
    int size = strfromd(text, sizeof text, "%.3f", 1.5);
    say("%d %s", size, text);
}
