/* An extension module whose `run()` tells the address of a function that throws what another module catches. */

#define NAME thrower
#include "../../../link/native/module.h"

#include "shared.hpp"

static void
throw_something(int kind)
{
    if (kind == 0) {
        throw Special("special");
    }
    if (kind == 1) {
        throw std::out_of_range("range");
    }
    if (kind == 2) {
        throw 42;
    }
}

static void
run(void)
{
    Thrower function = throw_something;
    say("%zu", reinterpret_cast<size_t>(function));
}
