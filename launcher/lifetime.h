/* Two lifetimes of variables. Every variable of the launcher that changes says which is its own (tests/launcher). */

#ifndef LIFETIME_H
#define LIFETIME_H

/* Describes this process: arguments, environment, descriptors, locks, what the C library gave us. A snapshot of the
   program must leave it as it is, so these variables have pages of their own: the linker makes one section of them, and
   its ends are those of pages (bundler/link/script.py). */
#define PER_PROCESS __attribute__((section("bundle_process")))

/* Describes the program: which objects are loaded, what was interned or replaced. A snapshot must hold it. */
#define PER_PROGRAM __attribute__((section(".data.program")))

#endif
