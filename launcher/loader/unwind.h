/* The system's unwinder. */

#ifndef UNWIND_H
#define UNWIND_H

#define UNWINDER "libgcc_s.so.1"

/* Let it, once it is loaded, find the frames of objects. */
void bundle_bind_unwinder(void);

#endif
