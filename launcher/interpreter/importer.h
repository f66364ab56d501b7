/* The importer of other interpreters than the main one. */

#ifndef IMPORTER_H
#define IMPORTER_H

/* The name of the frozen module importer.py. */
#define BUNDLE_IMPORTER "_bundle_importer"

/* Install the importer in such an interpreter, which is about to import its first module from a file. Returns 0, or -1
   with an exception set. */
int bundle_prepare_interpreter(void);

#endif
