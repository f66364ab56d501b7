/* wcstoul(3) as C23 has it, glibc 2.38; `long long` and `uintmax_t` are `long`. */

#include "polyfill/binary_numbers.h"

WITH_BINARY_UNSIGNED(__isoc23_wcstoul, unsigned long, wchar_t, wcstoul, polyfill_wide_binary_digits)

POLYFILL_ALIAS(__isoc23_wcstoull, __isoc23_wcstoul);
POLYFILL_ALIAS(__isoc23_wcstoumax, __isoc23_wcstoul);
