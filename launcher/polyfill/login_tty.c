/* login_tty(3): part of libutil before glibc 2.34, which then need not be loaded. */

#include "polyfill/polyfill.h"

#include <sys/ioctl.h>
#include <unistd.h>

int
login_tty(int terminal)
{
    setsid();
    if (ioctl(terminal, TIOCSCTTY, NULL) < 0) {
        return -1;
    }
    for (int standard = STDIN_FILENO; standard <= STDERR_FILENO; standard++) {
        while (dup2(terminal, standard) < 0 && errno == EBUSY) { /* somebody else opens it right now */
        }
    }
    if (terminal > STDERR_FILENO) {
        close(terminal);
    }
    return 0;
}
