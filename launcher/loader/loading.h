/* Loading prelinked objects. */

#ifndef LOADING_H
#define LOADING_H

#include "bundle.h"

/* Load an object and what it needs; 0, or -1 with the error for dlerror. Between bundle_lock_loader and
   bundle_unlock_loader. */
int bundle_load_object(uint32_t index);

/* The lock of the loader, which one thread may take several times. */
void bundle_lock_loader(void);
void bundle_unlock_loader(void);

#endif
