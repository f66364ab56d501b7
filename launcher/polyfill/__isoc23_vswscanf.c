/* vswscanf(3) as C23 has it, glibc 2.38. On older systems %i takes no binary number. */

#include "polyfill/polyfill.h"

#include <stdarg.h>

int __isoc99_vswscanf(const wchar_t *text, const wchar_t *format, va_list rest);

int
__isoc23_vswscanf(const wchar_t *text, const wchar_t *format, va_list rest)
{
    __typeof__(&__isoc23_vswscanf) own = OWN(__isoc23_vswscanf);
    return own ? own(text, format, rest) : __isoc99_vswscanf(text, format, rest);
}
