/* Functions that the C library's archive calls and no header declares (glibc 2.36, include/dlfcn.h and elf/dl-open.c). */

#ifndef STATIC_LIBC_DLFCN_H
#define STATIC_LIBC_DLFCN_H

#include <link.h>
#include <stdint.h>

void *__libc_dlopen_mode(const char *name, int mode);
void *__libc_dlsym(void *handle, const char *name);
void *__libc_dlvsym(void *handle, const char *name, const char *version);
int __libc_dlclose(void *handle);

struct link_map *_dl_find_dso_for_object(uintptr_t address);

#endif
