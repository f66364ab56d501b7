/* The output of a recorded run. */

#ifndef OUTPUT_H
#define OUTPUT_H

#include "recorded.h"

#include <stdbool.h>
#include <stdint.h>

/* Descriptors from here on are no program's. */
enum { FIRST_FREE = 500 };

/* Write to what this descriptor stands for, by another one, which no program takes for its own. False if that cannot be done. */
bool bundle_open_output(int descriptor);

/* Write a part: its kind, an address, and so many bytes. */
void bundle_put(enum bundle_part_kind kind, uint64_t address, const void *bytes, uint64_t size);

/* Likewise memory, without pages of zeros at its end. */
void bundle_put_memory(enum bundle_part_kind kind, uint64_t address, const void *bytes, uint64_t size);

/* Write the notes that there are (world/world.h). */
void bundle_put_notes(void);

/* End the process without a recording; the build learns why. */
_Noreturn void bundle_give_up(const char *why);

/* Likewise with the exception that is set. */
_Noreturn void bundle_give_up_raised(void);

#endif
