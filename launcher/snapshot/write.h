/* Writing a recording. */

#ifndef WRITE_H
#define WRITE_H

/* Write all that a start from the snapshot needs, and end the process. There is no recording if bundle_look_for_obstacles finds any. */
_Noreturn void bundle_write_recording(void);

#endif
