/* A start from a snapshot: the state of a process that has initialised the interpreter and imported what the program
   imports first, recorded when the binary was built and mapped over a new process. */

#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include "compat/compat.h"

#include "bundle.h"
#include "process/process.h"

#include <stdbool.h>

enum { BUNDLE_LAST_SIGNAL = 64 };

/* Make this process one that is like every other, for a run that is recorded, and call `run` on a stack that lies where it
   lies in every recording. Does not return. */
_Noreturn void bundle_start_recording(int (*run)(int argc, char **argv, char **environment));

/* Before there is an interpreter: each of its objects is to have a block of the region of its own. */
void bundle_record_allocations(void);

/* As soon as there is a thread's state: it is to have the limits of the stack on which recordings run. */
void bundle_record_stack(void);

/* Before anything of the program runs: what the interpreter's compiler makes is not to be recorded. */
void bundle_record_uncompiled(void);

/* Note from now on who asks for what, and import the modules that the build names; `globals`: the namespace of `__main__`,
   which is returned. NULL: an exception is set, which ends the recording. */
PyObject *bundle_begin_recording(PyObject *globals);

/* Does what the program does first come next? Else the named modules are all that is recorded. */
bool bundle_records_all(void);

/* Run what is to be recorded in the namespace of `__main__`, write the recording, and end the process. */
_Noreturn void bundle_end_recording(PyObject *globals);

/* Map the snapshot over this process, if there is one and it fits. False: nothing has happened. */
bool bundle_restore(const struct bundle_start *start);

/* Make what was mapped this process's own; the namespace of `__main__` (borrowed), or NULL with an exception set. `is_ready`:
   what comes before `__main__` was imported. */
PyObject *bundle_adopt(const struct bundle_start *start, bool *is_ready);

/* After bundle_adopt has failed, with its exception set: let a usual start take this process's place, for nothing has happened yet
   that anybody could see. Returns if that cannot be done, or if the user interrupts the program. */
void bundle_begin_anew(const struct bundle_start *start);

#endif
