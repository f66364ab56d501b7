/* wcslcpy(3), glibc 2.38. */

#include "polyfill/polyfill.h"

size_t wcslen(const wchar_t *text);
wchar_t *wmemcpy(wchar_t *to, const wchar_t *from, size_t count);

size_t
wcslcpy(wchar_t *to, const wchar_t *from, size_t room)
{
    size_t length = wcslen(from);
    if (room) {
        size_t kept = length < room ? length : room - 1;
        wmemcpy(to, from, kept);
        to[kept] = 0;
    }
    return length;
}
