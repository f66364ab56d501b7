/* strlcat(3), glibc 2.38. */

#include "polyfill/polyfill.h"

size_t strnlen(const char *text, size_t most);
size_t strlcpy(char *to, const char *from, size_t room);

size_t
strlcat(char *to, const char *from, size_t room)
{
    size_t length = strnlen(to, room);
    return length + strlcpy(to + length, from, room - length);
}
