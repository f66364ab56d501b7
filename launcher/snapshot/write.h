/* Writing a recording. */

#ifndef WRITE_H
#define WRITE_H

/* Write all that a start from the snapshot needs, and end the process; without a recording if this process has what none can have. */
_Noreturn void bundle_write_recording(void);

#endif
