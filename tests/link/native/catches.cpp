/* A C++ library that catches what it throws, in a thread too, for programs that load it from a file. */

#include <stdexcept>
#include <thread>

struct Counted {
    int *count;
    ~Counted()
    {
        ++*count;
    }
};

static int
caught()
{
    int count = 0;
    try {
        Counted counted{&count};
        throw std::runtime_error("thrown");
    } catch (const std::exception &) {
        count += 10;
    }
    return count;
}

extern "C" int
catches()
{
    int count = caught();
    std::thread([&] { count += caught(); }).join();
    return count;
}
