/* vfscanf(3) as C23 has it, glibc 2.38. On older systems %i takes no binary number. */

#include "polyfill/polyfill.h"

#include <stdarg.h>

int __isoc99_vfscanf(void *stream, const char *format, va_list rest);

int
__isoc23_vfscanf(void *stream, const char *format, va_list rest)
{
    __typeof__(&__isoc23_vfscanf) own = OWN(__isoc23_vfscanf);
    return own ? own(stream, format, rest) : __isoc99_vfscanf(stream, format, rest);
}
