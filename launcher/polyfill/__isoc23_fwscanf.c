/* fwscanf(3) as C23 has it, glibc 2.38. On older systems %i takes no binary number. */

#include "polyfill/polyfill.h"

#include <stdarg.h>

int __isoc23_vfwscanf(void *stream, const wchar_t *format, va_list rest);

int
__isoc23_fwscanf(void *stream, const wchar_t *format, ...)
{
    va_list rest;
    va_start(rest, format);
    int count = __isoc23_vfwscanf(stream, format, rest);
    va_end(rest);
    return count;
}
