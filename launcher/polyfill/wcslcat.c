/* wcslcat(3), glibc 2.38. */

#include "polyfill/polyfill.h"

size_t wcsnlen(const wchar_t *text, size_t most);
size_t wcslcpy(wchar_t *to, const wchar_t *from, size_t room);

size_t
wcslcat(wchar_t *to, const wchar_t *from, size_t room)
{
    size_t length = wcsnlen(to, room);
    return length + wcslcpy(to + length, from, room - length);
}
