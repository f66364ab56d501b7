/* vsscanf(3) as C23 has it, glibc 2.38. On older systems %i takes no binary number. */

#include "polyfill/polyfill.h"

#include <stdarg.h>

int __isoc99_vsscanf(const char *text, const char *format, va_list rest);

int
__isoc23_vsscanf(const char *text, const char *format, va_list rest)
{
    __typeof__(&__isoc23_vsscanf) own = OWN(__isoc23_vsscanf);
    return own ? own(text, format, rest) : __isoc99_vsscanf(text, format, rest);
}
