/* Loading prelinked images. */

#ifndef LOADING_H
#define LOADING_H

#include "bundle.h"

/* Load an image and what it needs; 0, or -1 with the error for dlerror. Between bundle_lock_loader and
   bundle_unlock_loader. */
int bundle_load_image(uint32_t index);

/* The lock of the loader, which one thread may take several times. */
void bundle_lock_loader(void);
void bundle_unlock_loader(void);

#endif
