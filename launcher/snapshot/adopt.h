/* What of the interpreter's state belongs to one process. */

#ifndef ADOPT_H
#define ADOPT_H

#include "snapshot/snapshot.h"

/* Find it, and forget what is this process's. 0, or -1 with an exception set. `again`: a tuple of pairs of a module and
   code to run in it whenever the program starts. `is_ready`: as in bundle_adopt. */
int bundle_prepare_adoption(PyObject *globals, PyObject *again, bool is_ready);

/* Make the process one as it is at a start on the machine that answers now, and run code again, as such a start does: pairs as above.
   What was found for it is forgotten. 0, or -1 with an exception set. */
int bundle_try_start(PyObject *again);

/* Does nothing but the standard streams hold what lies below them? Else they cannot become unbuffered. */
bool bundle_streams_are_alone(void);

/* Can a program that was recorded have the locale of this process? `asks_codeset`: some module keeps its encoding. Sets it, and nothing
   else. */
bool bundle_locale_fits(bool asks_codeset);

/* Behind the last guard: take another for the C locale, if there is one. It goes into the environment, too. */
bool bundle_coerces_locale(void);
void bundle_coerce_locale(void);

/* A guard does not hold: the locale is what it was. */
void bundle_leave_locale(void);

#endif
