/* strtof128(3), glibc 2.26, on which libstdc++ counts for std::from_chars. There is nothing in older C libraries to make
   it of: a program that calls it there ends, for any number that it could be given would be wrong. */

#include "polyfill/missing.h"

polyfill_float128
strtof128(const char *text, char **end)
{
    __typeof__(&strtof128) own = OWN(strtof128);
    if (!own) {
        polyfill_missing("strtof128");
    }
    return own(text, end);
}
