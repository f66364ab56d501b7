/* The notes. */

#ifndef NOTES_H
#define NOTES_H

#include "world/world.h"

/* Note nothing more. */
void bundle_end_notes(void);

#endif
