/* What C++ objects of one program share: types, and static variables of inline functions. */

#include <stdexcept>

struct Special : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Base {
    virtual ~Base() {}
    virtual int number() const { return 1; }
};

struct Derived : Base {
    int number() const override { return 2; }
};

template <typename T>
inline int &
counter()
{
    static int value = 0;
    return value;
}

extern "C" void throw_something(int kind);
Base *make_derived();
int count_in_library();
