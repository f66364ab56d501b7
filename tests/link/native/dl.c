/* The dynamic linker's own functions, as seen from a module. */

#include "module.h"

#include <dlfcn.h>
#include <link.h>

const char *which(void);

static const char *
last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int
find_own(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        ElfW(Addr) distance = (ElfW(Addr))data - info->dlpi_addr - header->p_vaddr;
        if (header->p_type == PT_LOAD && distance < header->p_memsz) {
            say("%s has segment with flags %d, ", last_part(info->dlpi_name), (int)header->p_flags);
            return 1;
        }
    }
    return 0;
}

__attribute__((visibility("default"))) void
a_function_to_find(void)
{
}

static void
run(void)
{
    Dl_info info;
    say("dladdr %d ", dladdr((char *)a_function_to_find + 1, &info));
    say("%s %s, ", last_part(info.dli_fname), info.dli_sname);
    say("dladdr %d ", dladdr((void *)which, &info));
    say("%s, ", last_part(info.dli_fname));
    say("found %d, ", dl_iterate_phdr(find_own, (void *)a_function_to_find));
    void *library = dlopen("libfirst.so", RTLD_NOW | RTLD_NOLOAD);
    say("loaded %d, ", library != NULL);
    const char *(*found)(void) = library ? (const char *(*)(void))dlsym(library, "which") : NULL;
    say("%s, same %d, ", found ? found() : "none", found == which);
    say("missing %d ", library && dlsym(library, "no_such_name"));
    say("%s, ", last_part(dlerror()));
    say("no error %d, ", dlerror() == NULL);
    say("closed %d, ", library ? dlclose(library) : -1);
    say("global %d %d, ", dlsym(RTLD_DEFAULT, "which") != NULL, dlsym(RTLD_DEFAULT, "strlen") != NULL);
    say("python %d, ", dlsym(RTLD_DEFAULT, "Py_GetVersion") != NULL);
    void *own = dlopen(NULL, RTLD_NOW);
    say("program %d, ", own && dlsym(own, "Py_GetVersion"));
    say("nowhere %d ", dlopen("libnowhere.so", RTLD_NOW) != NULL);
    say("%s", dlerror());
}
