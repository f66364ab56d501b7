/* Objects with constructors and destructors: of the file, and of a function, made once however many threads ask. */

#include "module.h"

#include <atomic>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

std::atomic<int> made;

struct Noted {
    explicit Noted(const char *name) : name(name) { made++; }
    ~Noted()
    {
        if (write(1, name, strlen(name)) < 0) {
            abort();
        }
    }
    const char *name;
};

Noted of_file("object of the file ended\n");

Noted &
of_function()
{
    static Noted object("object of the function ended\n");
    return object;
}

} // namespace

static void
run(void)
{
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; i++) {
        threads.emplace_back([] { of_function(); });
    }
    for (auto &thread : threads) {
        thread.join();
    }
    say("%d made", made.load());
}
