/* This process: what it was started for, how it is configured, and how it ends. children.c interposes the calls by which
   it starts others. */

#ifndef PROCESS_H
#define PROCESS_H

#include "compat/compat.h"

#include "bundle.h"

#include <stdbool.h>

/* What this start of the executable is for: see command.c. */
enum bundle_command {
    BUNDLE_RUN_APP,     /* the bundled program */
    BUNDLE_RUN_POOL,    /* a helper process of multiprocessing or the like: `code` instead of the program */
    BUNDLE_RUN_PYTHON,  /* `python`, options and all */
    BUNDLE_RUN_REFUSED, /* asked for Python, which this binary was not built to be */
    BUNDLE_RUN_ENDLESS  /* the program starts itself over and over */
};

/* `argc` and `argv` are those of the program that runs. */
struct bundle_start {
    enum bundle_command command;
    int argc;
    char **argv;
    const char *code;
    const struct bundle_module *program; /* the frozen module that runs as __main__; NULL when that is up to Python */
    bool is_anew;                        /* it takes the place of a start from a snapshot that could not go on */
};

/* Decide from the command line, and from who started this process. Call before anything reads the environment: the
   mark that this program's own exec calls leave there is taken away. */
struct bundle_start bundle_read_command(int argc, char **argv);

/* Let a start like this take this process's place, with the environment that it had. Returns if that cannot be done. */
void bundle_start_anew(const struct bundle_start *before, char *const *environment);

/* How the interpreter is configured (PEP 587). */
struct bundle_configuration {
    PyConfig python;
    bool is_without_site; /* an option (-S) says that `site` is not to be imported */
};

/* Decide that for a start, and let the interpreter take over what must be known before: encodings, the allocator, its
   table of built-in modules. To be cleared unless the status tells of a failure. */
PyStatus bundle_configure(const struct bundle_start *start, struct bundle_configuration *configuration);

/* Does BUNDLE_TRACE, a list of words with commas between them, ask to be told this? Never in a program that runs set-user-ID. */
bool bundle_traces(const char *what);

/* The exit status that the current exception stands for, as `python` has it: what SystemExit asks for, or 1 after the
   traceback was printed. Clears the exception. */
int bundle_status_of_exception(void);

/* Remember all objects that there are, for the end: a start from a snapshot, which has them, looks through new ones alone. */
void bundle_note_recorded_objects(void);

/* End the interpreter. Returns the status to exit with: the one given, or 120 when output could not be written. */
int bundle_end(int status);

#endif
