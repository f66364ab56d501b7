/* Calls the version of `number` that it was linked against, and asks for the default one at run time. */

#include "module.h"

#include <dlfcn.h>

int number(void);

static void
run(void)
{
    say("%d", number());
    void *library = dlopen("libversioned.so", RTLD_NOW);
    if (library) {
        int (*found)(void) = (int (*)(void))dlsym(library, "number");
        say(", by dlsym %d", found());
    }
}
