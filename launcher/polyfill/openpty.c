/* openpty(3): part of libutil before glibc 2.34, which then need not be loaded. */

#include "polyfill/polyfill.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int
openpty(int *controller, int *terminal, char *name, const struct termios *settings, const struct winsize *size)
{
    int first = posix_openpt(O_RDWR | O_NOCTTY), second = -1;
    const char *path = NULL;
    if (first >= 0 && grantpt(first) == 0 && unlockpt(first) == 0) {
        path = ptsname(first);
        second = path ? open(path, O_RDWR | O_NOCTTY) : -1;
    }
    if (second < 0) {
        int error = errno;
        if (first >= 0) {
            close(first);
        }
        errno = error;
        return -1;
    }
    if (settings) {
        tcsetattr(second, TCSAFLUSH, settings);
    }
    if (size) {
        ioctl(second, TIOCSWINSZ, size);
    }
    if (name) {
        strcpy(name, path);
    }
    *controller = first;
    *terminal = second;
    return 0;
}
