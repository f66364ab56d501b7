/* What this start of the executable is for: see command.c. */

#ifndef COMMAND_H
#define COMMAND_H

#include "bundle.h"

enum bundle_command {
    BUNDLE_RUN_APP,    /* the bundled program */
    BUNDLE_RUN_POOL,   /* a helper process of multiprocessing or the like: `code` instead of the program */
    BUNDLE_RUN_PYTHON, /* `python`, options and all */
    BUNDLE_RUN_REFUSED, /* asked for Python, which this binary was not built to be */
    BUNDLE_RUN_ENDLESS /* the program starts itself over and over */
};

/* `argc` and `argv` are those of the program that runs. */
struct bundle_start {
    enum bundle_command command;
    int argc;
    char **argv;
    const char *code;
    const struct bundle_module *program; /* the frozen module that runs as __main__; NULL when that is up to Python */
};

/* Decide from the command line, and from who started this process. Call before anything reads the environment: the
   mark that this program's own exec calls leave there is taken away. */
struct bundle_start bundle_read_command(int argc, char **argv);

/* The mark: set on whatever this program starts that is this executable again, and by users who want Python. */
#define BUNDLE_MARK "BUNDLE_AS_PYTHON"

#endif
