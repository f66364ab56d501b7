/* A library with a function whose implementation is chosen when it is loaded. */

#ifdef __aarch64__
#include <asm/hwcap.h>
#include <stdint.h>
#include <sys/ifunc.h>
#endif

int chosen(int value);
int call_chosen(int value);

static int
implementation(int value)
{
    return value + 100;
}

#ifdef __aarch64__
static int
without_features(int value)
{
    return value - 100;
}

/* The dynamic linker says what the processor has. */
static int (*choose(uint64_t features, const __ifunc_arg_t *more))(int)
{
    int is_told = features & _IFUNC_ARG_HWCAP && features & HWCAP_ASIMD && more->_size >= sizeof *more
                  && (more->_hwcap | _IFUNC_ARG_HWCAP) == features;
    return is_told ? implementation : without_features;
}
#else
static int (*choose(void))(int)
{
    return implementation;
}
#endif

int chosen(int value) __attribute__((ifunc("choose")));

int
call_chosen(int value)
{
    return chosen(value);
}
