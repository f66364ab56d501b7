/* The launcher's own error for dlerror, of each thread. */

#ifndef ERRORS_H
#define ERRORS_H

#include <stdbool.h>

/* Set it; `format` takes the two texts. Returns NULL. */
void *bundle_dl_fail(const char *format, const char *what, const char *why);

/* Is there one that nobody asked for yet? */
bool bundle_dl_failed(void);
void bundle_dl_forget(void);

/* The text of the last one. */
char *bundle_dl_error(void);

#endif
