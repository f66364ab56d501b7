/* strtol(3) as C23 has it, glibc 2.38; `long long` and `intmax_t` are `long`. */

#include "polyfill/binary_numbers.h"

#include <limits.h>

WITH_BINARY_SIGNED(__isoc23_strtol, long, char, strtol, polyfill_binary_digits, LONG_MAX)

POLYFILL_ALIAS(__isoc23_strtoll, __isoc23_strtol);
POLYFILL_ALIAS(__isoc23_strtoimax, __isoc23_strtol);
