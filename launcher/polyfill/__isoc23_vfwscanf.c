/* vfwscanf(3) as C23 has it, glibc 2.38. On older systems %i takes no binary number. */

#include "polyfill/polyfill.h"

#include <stdarg.h>

int __isoc99_vfwscanf(void *stream, const wchar_t *format, va_list rest);

int
__isoc23_vfwscanf(void *stream, const wchar_t *format, va_list rest)
{
    __typeof__(&__isoc23_vfwscanf) own = OWN(__isoc23_vfwscanf);
    return own ? own(stream, format, rest) : __isoc99_vfwscanf(stream, format, rest);
}
