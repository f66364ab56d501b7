/* Exceptions, types and inline variables across libraries. */

#include "module.h"

#include "shared.hpp"

#include <map>
#include <string>

static std::map<std::string, int> made_before_use = {{"one", 1}, {"two", 2}};

static void
run(void)
{
    for (int kind = 0; kind < 4; kind++) {
        try {
            throw_something(kind);
            say("nothing, ");
        }
        catch (const Special &error) {
            say("Special %s, ", error.what());
        }
        catch (const std::exception &error) {
            say("exception %s, ", error.what());
        }
        catch (...) {
            say("other, ");
        }
    }
    Base *object = make_derived();
    say("cast %d %d, ", dynamic_cast<Derived *>(object) != nullptr, object->number());
    delete object;
    say("%d, ", made_before_use["two"]);
    say("counts %d ", count_in_library());
    say("%d ", ++counter<int>());
    say("%d", count_in_library());
}
