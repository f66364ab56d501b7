/* wcstol(3) as C23 has it, glibc 2.38; `long long` and `intmax_t` are `long`. */

#include "polyfill/binary_numbers.h"

#include <limits.h>

WITH_BINARY_SIGNED(__isoc23_wcstol, long, wchar_t, wcstol, polyfill_wide_binary_digits, LONG_MAX)

POLYFILL_ALIAS(__isoc23_wcstoll, __isoc23_wcstol);
POLYFILL_ALIAS(__isoc23_wcstoimax, __isoc23_wcstol);
