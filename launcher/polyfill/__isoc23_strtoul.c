/* strtoul(3) as C23 has it, glibc 2.38; `long long` and `uintmax_t` are `long`. */

#include "polyfill/binary_numbers.h"

WITH_BINARY_UNSIGNED(__isoc23_strtoul, unsigned long, char, strtoul, polyfill_binary_digits)

POLYFILL_ALIAS(__isoc23_strtoull, __isoc23_strtoul);
POLYFILL_ALIAS(__isoc23_strtoumax, __isoc23_strtoul);
