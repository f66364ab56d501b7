/* The processor for which the launcher is compiled. A file that knows one is named after it. */

#ifndef MACHINE_H
#define MACHINE_H

#if defined(__x86_64__)
#include "machine_x86_64.h"
#elif defined(__aarch64__)
#include "machine_aarch64.h"
#else
#error "no header knows this processor"
#endif

#endif
