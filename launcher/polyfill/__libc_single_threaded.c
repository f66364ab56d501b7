/* <sys/single_threaded.h>, glibc 2.32: is there certainly one thread only? Never is always right. */

#include "polyfill/polyfill.h"

extern const char __libc_single_threaded;
const char __libc_single_threaded = 0;
