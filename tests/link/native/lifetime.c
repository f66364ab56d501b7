/* A library that says when its constructors and destructors run. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;
int JOINED(void);

static void
note(const char *what)
{
    /* Not through stdout, whose buffer is another's business. */
    char line[64];
    int length = snprintf(line, sizeof line, "%s: %s\n", NOTE, what);
    if (write(1, line, (size_t)length) != length) {
        abort();
    }
}

__attribute__((constructor(200))) static void
second(void)
{
    note("second constructor");
}

__attribute__((constructor(150))) static void
first(int argc, char **argv, char **environment)
{
    int is_right = argc > 1 && !argv[argc] && strcmp(argv[argc - 1], "last") == 0 && environment == environ;
    note(is_right ? "first constructor" : "wrong arguments");
}

__attribute__((constructor)) static void
third(void)
{
    note("third constructor");
}

void initialise(void);
void finalise(void);

void
initialise(void)
{
    note("DT_INIT");
}

void
finalise(void)
{
    note("DT_FINI");
}

__attribute__((destructor)) static void
at_end(void)
{
    note("destructor");
}

__attribute__((destructor(150))) static void
at_very_end(void)
{
    note("last destructor");
}

static void
at_exit(void)
{
    note("atexit");
}

int
JOINED(void)
{
    return atexit(at_exit);
}
