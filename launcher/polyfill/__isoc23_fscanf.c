/* fscanf(3) as C23 has it, glibc 2.38. On older systems %i takes no binary number. */

#include "polyfill/polyfill.h"

#include <stdarg.h>

int __isoc23_vfscanf(void *stream, const char *format, va_list rest);

int
__isoc23_fscanf(void *stream, const char *format, ...)
{
    va_list rest;
    va_start(rest, format);
    int count = __isoc23_vfscanf(stream, format, rest);
    va_end(rest);
    return count;
}
