/* scanf(3) as C23 has it, glibc 2.38. On older systems %i takes no binary number. */

#include "polyfill/polyfill.h"

#include <stdarg.h>

int __isoc23_vscanf(const char *format, va_list rest);

int
__isoc23_scanf(const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    int count = __isoc23_vscanf(format, rest);
    va_end(rest);
    return count;
}
