/* The sign that lgamma(3) found, glibc 2.23: libraries with functions like it have this name for `signgam`. */

#include "polyfill/polyfill.h"

extern int __signgam;
PER_PROGRAM int __signgam = 0;
