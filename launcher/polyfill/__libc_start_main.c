/* The start of the program. C libraries before 2.34 leave its constructors to a function that the program brings; start
   files of later ones bring none. The linker sends the start files' call here (--wrap). */

#include "polyfill/polyfill.h"

typedef int program(int argc, char **argv, char **environment);
typedef void constructor(int argc, char **argv, char **environment);

extern constructor *__init_array_start[] __attribute__((visibility("hidden")));
extern constructor *__init_array_end[] __attribute__((visibility("hidden")));
extern void _init(void) __attribute__((weak)); /* not every compiler has one */

int __real___libc_start_main(program *main, int argc, char **argv, program *init, void (*fini)(void),
                             void (*end_of_dynamic_linker)(void), void *end_of_stack);
int __wrap___libc_start_main(program *main, int argc, char **argv, program *init, void (*fini)(void),
                             void (*end_of_dynamic_linker)(void), void *end_of_stack);

static int
construct(int argc, char **argv, char **environment)
{
    if (_init) {
        _init();
    }
    for (constructor **each = __init_array_start; each < __init_array_end; each++) {
        (*each)(argc, argv, environment);
    }
    return 0;
}

int
__wrap___libc_start_main(program *main, int argc, char **argv, program *init, void (*fini)(void),
                         void (*end_of_dynamic_linker)(void), void *end_of_stack)
{
    return __real___libc_start_main(main, argc, argv, init ? init : construct, fini, end_of_dynamic_linker,
                                    end_of_stack);
}
