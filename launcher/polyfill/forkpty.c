/* forkpty(3): part of libutil before glibc 2.34, which then need not be loaded. */

#include "polyfill/polyfill.h"

#include <unistd.h>

struct termios;
struct winsize;
int openpty(int *controller, int *terminal, char *name, const struct termios *settings, const struct winsize *size);
int login_tty(int terminal);

int
forkpty(int *controller, char *name, const struct termios *settings, const struct winsize *size)
{
    int first, second;
    if (openpty(&first, &second, name, settings, size) < 0) {
        return -1;
    }
    pid_t child = fork();
    if (child < 0) {
        int error = errno;
        close(first);
        close(second);
        errno = error;
        return -1;
    }
    if (child == 0) {
        close(first);
        if (login_tty(second) < 0) {
            _exit(1);
        }
        return 0;
    }
    *controller = first;
    close(second);
    return child;
}
