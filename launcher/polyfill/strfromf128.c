/* strfromf128(3), glibc 2.26, on which libstdc++ counts for std::to_chars. There is nothing in older C libraries to make
   it of: a program that calls it there ends, for any text that it could be given would be wrong. */

#include "polyfill/missing.h"

int
strfromf128(char *text, size_t size, const char *format, polyfill_float128 number)
{
    __typeof__(&strfromf128) own = OWN(strfromf128);
    if (!own) {
        polyfill_missing("strfromf128");
    }
    return own(text, size, format, number);
}
