/* The unwinder of the C library's own: `pthread_exit` and `pthread_cancel` run the destructors of a thread's stack with it,
   and `backtrace` walks along that.

   The C library loads libgcc_s.so.1 when it is first asked for one of them (glibc 2.36, misc/unwind-link.c; before 2.34,
   nptl/unwind-forcedunwind.c and debug/backtrace.c), and keeps the addresses of some functions. The system may have none:
   then the C library would end the process. If it has one, two unwinders would work on one stack: the C library's, and the
   binary's own, which destructors of prelinked objects are bound to. So the C library gets an object of that name (stand_in.c)
   whose symbols are the functions of the binary's own. Libraries of the system that are loaded later get it too, and behind it
   the system's libgcc_s, for it may have functions that the binary's lacks. */

#include "executable/executable.h"
#include "interposed.h"
#include "lifetime.h"
#include "loader/loading.h"
#include "loader/objects.h"
#include "loader/stand_in.h"
#include "loader/unwind.h"
#include "world/world.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The binary's own libgcc_s, loaded; NULL when it has none. */
static const struct bundle_object *
own_unwinder(void)
{
    const struct bundle_soname *found =
        bundle_find(&bundle.soname_index, bundle.sonames, sizeof(struct bundle_soname), UNWINDER);
    return found && !found->is_carried && bundle_load_object(found->index) == 0 ? &bundle.objects[found->index] : NULL;
}

static int
stop(void *context, void *unused)
{
    (void)context;
    (void)unused;
    return 5; /* _URC_END_OF_STACK */
}

/* An unwinder makes its table of registers when it first unwinds; asked about a stack that another one unwinds, it would end
   the process without that. */
static void
start_unwinder(const struct bundle_object *unwinder)
{
    int (*walk)(int (*)(void *, void *), void *) =
        (int (*)(int (*)(void *, void *), void *))bundle_object_symbol(unwinder, "_Unwind_Backtrace");
    if (walk) {
        walk(stop, NULL);
    }
}

/* The path of the system's libgcc_s, "" where it has none. It is unloaded again, for the dynamic linker takes the first
   library of a name. */
static void
find_system_unwinder(char *path, size_t size)
{
    struct link_map *object;
    void *handle = bundle_open_library(UNWINDER, RTLD_NOW);
    *path = '\0';
    if (handle && __real_dlinfo(handle, RTLD_DI_LINKMAP, &object) == 0) {
        snprintf(path, size, "%s", object->l_name);
    }
    if (handle) {
        __real_dlclose(handle);
    }
}

static void
prepare(void)
{
    const struct bundle_object *own = own_unwinder();
    char path[PATH_MAX];
    /* In a static executable the C library has one linked in; else a library of the system may have brought another one. */
    bool is_there = bundle.options.is_static || __real_dlopen(UNWINDER, RTLD_NOW | RTLD_NOLOAD);
    if (own && !is_there) {
        find_system_unwinder(path, sizeof path);
        is_there = bundle_stand_in(own, UNWINDER, path);
    }
    if (!is_there) {
        bundle_open_library(UNWINDER, RTLD_NOW);
    }
    if (own) {
        start_unwinder(own);
    }
    bundle_bind_unwinder();
    __real_dlerror(); /* nobody asks for it */
}

/* Let there be an unwinder for the C library that knows prelinked objects. */
static void
ensure(void)
{
    PER_PROCESS static bool is_ready;
    if (__atomic_load_n(&is_ready, __ATOMIC_ACQUIRE)) {
        return;
    }
    bundle_lock_loader();
    if (!is_ready) {
        prepare();
        __atomic_store_n(&is_ready, true, __ATOMIC_RELEASE);
    }
    bundle_unlock_loader();
}

void
__wrap_pthread_exit(void *result)
{
    ensure();
    __real_pthread_exit(result);
}

int
__wrap_pthread_cancel(pthread_t thread)
{
    ensure();
    return __real_pthread_cancel(thread);
}

int
__wrap_backtrace(void **addresses, int size)
{
    ensure();
    return __real_backtrace(addresses, size);
}
