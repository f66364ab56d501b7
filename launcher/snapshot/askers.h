/* Which module asks for something, or does something, while it is imported. */

#ifndef ASKERS_H
#define ASKERS_H

#include "compat/compat.h"

#include <stdint.h>

/* The module that is imported: its number, and the path that its code says it has. */
struct bundle_running {
    uint32_t owner;
    const char *path;
};

/* From now on what is asked and done is that of the module with this name. The module before it. */
struct bundle_running bundle_begin_module(const char *name);

/* The module has ended, with an exception if one is set; the one before it goes on. */
void bundle_end_module(struct bundle_running before, const char *name);

/* Note the beginning and end of each import, and call `after` behind one that succeeds. */
void bundle_note_imports(void (*after)(void));
void bundle_note_imports_no_more(void);

/* Note standard streams that are other objects than before: the module that runs has put them there. */
void bundle_note_streams(void);

/* Note with each question of this thread the line of the module that asks, and the file of the code. */
void bundle_note_places(void);

#endif
