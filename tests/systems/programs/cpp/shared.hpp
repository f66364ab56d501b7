/* What the two modules share: each has an own copy of it, as two wheels have. */

#include <stdexcept>

struct Special : std::runtime_error {
    using std::runtime_error::runtime_error;
};

typedef void (*Thrower)(int kind);
