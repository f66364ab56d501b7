/* strlcat as _FORTIFY_SOURCE calls it, glibc 2.38. `whole`: elements that `to` has room for. */

#include "polyfill/polyfill.h"

void __chk_fail(void) __attribute__((noreturn));
size_t strlcat(char *to, const char *from, size_t room);

size_t
__strlcat_chk(char *to, const char *from, size_t room, size_t whole)
{
    if (whole < room) {
        __chk_fail();
    }
    return strlcat(to, from, room);
}
