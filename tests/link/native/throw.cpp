/* A C++ library that throws what others catch. */

#include "shared.hpp"

#include <string>

extern "C" void
throw_something(int kind)
{
    if (kind == 0) {
        throw Special("special");
    }
    if (kind == 1) {
        throw std::runtime_error(std::string("plain"));
    }
    if (kind == 2) {
        throw 42;
    }
}

Base *
make_derived()
{
    return new Derived;
}

int
count_in_library()
{
    return ++counter<int>();
}
