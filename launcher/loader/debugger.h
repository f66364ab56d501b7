/* Telling debuggers of prelinked objects. */

#ifndef DEBUGGER_H
#define DEBUGGER_H

#include <stdint.h>

/* Let debuggers find the frames and symbols of an object that was mapped. */
void bundle_tell_debugger(uint32_t index);

/* Debuggers stop the program where this begins, and then read what was added. */
void __jit_debug_register_code(void);

#endif
