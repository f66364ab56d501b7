/* How the program ends. */

#ifndef ENDING_H
#define ENDING_H

#include "compat.h"

/* The exit status that the current exception stands for, as `python` has it: what SystemExit asks for, or 1 after the
   traceback was printed. Clears the exception. */
int bundle_status_of_exception(void);

/* End the interpreter. Returns the status to exit with: the one given, or 120 when output could not be written. */
int bundle_end(int status);

#endif
