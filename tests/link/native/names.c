/* Name look-up, which the C library does with shared objects that it loads itself (NSS), and character sets (gconv). */

#include "module.h"

#include <iconv.h>
#include <netdb.h>
#include <pwd.h>

static void
run(void)
{
    const struct passwd *user = getpwuid(0);
    say("%s, ", user ? user->pw_name : "nobody");
    struct addrinfo *found = NULL;
    say("%d, ", getaddrinfo("localhost", "80", NULL, &found));
    freeaddrinfo(found);
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST};
    say("%s, ", gai_strerror(getaddrinfo("no.such.host.invalid", "80", &hints, &found)));
    iconv_t converter = iconv_open("UTF-8", "ISO-8859-15");
    char in[] = "\xa4", out[8] = "";
    char *from = in, *to = out;
    size_t left = 1, room = sizeof out;
    say("%d %s", converter != (iconv_t)-1 && iconv(converter, &from, &left, &to, &room) == 0, out);
}
