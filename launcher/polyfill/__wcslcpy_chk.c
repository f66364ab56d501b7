/* wcslcpy as _FORTIFY_SOURCE calls it, glibc 2.38. `whole`: elements that `to` has room for. */

#include "polyfill/polyfill.h"

void __chk_fail(void) __attribute__((noreturn));
size_t wcslcpy(wchar_t *to, const wchar_t *from, size_t room);

size_t
__wcslcpy_chk(wchar_t *to, const wchar_t *from, size_t room, size_t whole)
{
    if (whole < room) {
        __chk_fail();
    }
    return wcslcpy(to, from, room);
}
