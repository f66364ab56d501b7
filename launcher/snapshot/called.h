/* The code that runs while modules are imported. */

#ifndef CALLED_H
#define CALLED_H

#include "compat/compat.h"

/* Watch what the thread calls from now on. 0, or -1 with an exception set. */
int bundle_watch_called(void);

/* Watch no more. Lines of a file's name, a tab and the first line of code of it that ran: a new reference to bytes, or NULL with
   an exception set. None if somebody else has watched meanwhile, so that this is not all. */
PyObject *bundle_called(void);

#endif
