/* The dynamic linker's functions, for executables without one: the linker takes these in place of the archive's, which
   would load libraries of the system together with another C library.

   loader/dlfcn.c asks them for all that is no object of the binary. They know one library, the executable itself; the
   names of the parts of the C library lead there too. */

#include "bundle.h"
#include "loader/errors.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

/* Bounds of the executable, defined by the linker. */
extern const char __executable_start[], _end[];

/* What a handle of the executable points to. */
static const char executable;

static const char *const linked[] = {"libc.so.6",  "libm.so.6",    "libpthread.so.0", "libdl.so.2",
                                     "librt.so.1", "libutil.so.1", "libresolv.so.2",  "libanl.so.1"};

/* Is this library part of the executable? Programs name it by its soname, or by a path that it has on some system. */
static bool
is_linked(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *soname = slash ? slash + 1 : name;
    for (size_t i = 0; i < sizeof linked / sizeof *linked; i++) {
        if (strcmp(soname, linked[i]) == 0) {
            return true;
        }
    }
    return false;
}

void *
dlopen(const char *name, int flags)
{
    if (!name || !*name || is_linked(name)) {
        return (void *)&executable;
    }
    if (flags & RTLD_NOLOAD) {
        return NULL; /* a question, whose answer is no error */
    }
    return bundle_dl_fail("%s: cannot open shared object file: %s", name,
                          "the program is linked statically (`--static`) and loads only what is part of it");
}

void *
dlmopen(Lmid_t namespace, const char *name, int flags)
{
    if (namespace != LM_ID_BASE) {
        return bundle_dl_fail("%s: cannot open shared object file: %s", name,
                              "the program is linked statically and has one namespace");
    }
    return dlopen(name, flags);
}

/* The address of a symbol of the executable; NULL when it has none of this name. */
static void *
find_symbol(const char *name)
{
    uint64_t first = 0, end = bundle_symbol_count;
    while (first < end) {
        uint64_t middle = first + (end - first) / 2;
        int order = strcmp(name, bundle_symbols[middle].name);
        if (order == 0) {
            return bundle_symbols[middle].address;
        }
        if (order < 0) {
            end = middle;
        }
        else {
            first = middle + 1;
        }
    }
    return NULL;
}

void *
dlsym(void *handle, const char *name)
{
    (void)handle; /* RTLD_DEFAULT, RTLD_NEXT or one of ours: there is one library */
    void *found = find_symbol(name);
    return found ? found : bundle_dl_fail("%s: undefined symbol: %s", program_invocation_name, name);
}

/* There is one version of each symbol. */
void *
dlvsym(void *handle, const char *name, const char *version)
{
    (void)version;
    return dlsym(handle, name);
}

int
dlclose(void *handle)
{
    (void)handle;
    return 0;
}

/* Errors of these functions are the launcher's own. */
char *
dlerror(void)
{
    return NULL;
}

int
dladdr(const void *address, Dl_info *info)
{
    if ((const char *)address < __executable_start || (const char *)address >= _end) {
        return 0;
    }
    *info = (Dl_info){.dli_fname = program_invocation_name, .dli_fbase = (void *)__executable_start};
    for (uint64_t i = 0; i < bundle_symbol_count; i++) {
        if (bundle_symbols[i].address == address) { /* their sizes are not known */
            info->dli_sname = bundle_symbols[i].name;
            info->dli_saddr = bundle_symbols[i].address;
        }
    }
    return 1;
}

int
dladdr1(const void *address, Dl_info *info, void **extra, int flags)
{
    (void)flags;
    *extra = NULL;
    return dladdr(address, info);
}

int
dlinfo(void *handle, int request, void *out)
{
    (void)handle;
    (void)request;
    (void)out;
    bundle_dl_fail("%s: %s", program_invocation_name, "is linked statically");
    return -1;
}

/* With these the C library's archive loads name services, character sets and the like of the system (glibc 2.36,
   include/dlfcn.h): it does without. */

void *
__libc_dlopen_mode(const char *name, int mode)
{
    (void)name;
    (void)mode;
    return NULL;
}

void *
__libc_dlsym(void *handle, const char *name)
{
    (void)handle;
    (void)name;
    return NULL;
}

void *
__libc_dlvsym(void *handle, const char *name, const char *version)
{
    (void)handle;
    (void)name;
    (void)version;
    return NULL;
}

int
__libc_dlclose(void *handle)
{
    (void)handle;
    return 0;
}

/* The loaded object that an address lies in. The caller keeps objects with thread-local destructors from being unloaded, and
   takes NULL for the executable (stdlib/cxa_thread_atexit_impl.c). */
struct link_map *
_dl_find_dso_for_object(uintptr_t address)
{
    (void)address;
    return NULL;
}
