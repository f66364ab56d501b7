/* Sets and asks speeds of a terminal line, with polyfills in place of the C library's functions. */

#include <stdio.h>
#include <stdlib.h>
#include <termios.h>

void *
__real_dlvsym(void *handle, const char *name, const char *version)
{
    return (void)handle, (void)name, (void)version, NULL;
}

void *
__real_dlsym(void *handle, const char *name)
{
    return (void)handle, (void)name, NULL;
}

int
main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct termios settings = {0};
        unsigned bits = (unsigned)atoi(argv[i]);
        int set = cfsetospeed(&settings, bits);
        unsigned code = settings.c_cflag & (CBAUD | CBAUDEX);
        int input = cfsetispeed(&settings, bits);
        printf("%u %d %d %u %u %u\n", bits, set, input, code, cfgetospeed(&settings), cfgetispeed(&settings));
        settings = (struct termios){0};
        int both = cfsetspeed(&settings, bits);
        printf("%d %u\n", both, cfgetospeed(&settings));
    }
    return 0;
}
