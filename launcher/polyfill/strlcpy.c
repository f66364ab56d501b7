/* strlcpy(3), glibc 2.38. */

#include "polyfill/polyfill.h"

size_t strlen(const char *text);
void *memcpy(void *to, const void *from, size_t count);

size_t
strlcpy(char *to, const char *from, size_t room)
{
    size_t length = strlen(from);
    if (room) {
        size_t kept = length < room ? length : room - 1;
        memcpy(to, from, kept);
        to[kept] = 0;
    }
    return length;
}
