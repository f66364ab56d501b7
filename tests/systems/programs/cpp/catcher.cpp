/* An extension module that uses the C++ library: what another module throws, threads, thread-local objects, streams,
   locales, files. */

#define NAME catcher
#include "../../../link/native/module.h"

#include "shared.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <iomanip>
#include <iostream>
#include <locale>
#include <memory>
#include <mutex>
#include <new>
#include <random>
#include <regex>
#include <sstream>
#include <string>
#include <system_error>
#include <thread>
#include <typeinfo>
#include <unordered_map>
#include <vector>

namespace {

std::atomic<int> ended{0};

struct Counted {
    ~Counted()
    {
        ended++;
    }
    int uses = 0;
};

thread_local Counted counted;

std::string
caught(Thrower function, int kind)
{
    try {
        function(kind);
    } catch (const Special &error) {
        return std::string("Special ") + error.what();
    } catch (const std::exception &error) {
        return std::string(typeid(error).name()) + " " + error.what();
    } catch (...) {
        return "other";
    }
    return "nothing";
}

void
exceptions()
{
    const char *address = getenv("THROWER");
    auto function = reinterpret_cast<Thrower>(strtoul(address ? address : "0", nullptr, 10));
    for (int kind = 0; kind < 4; kind++) {
        say("%s\n", caught(function, kind).c_str());
    }
    std::exception_ptr kept;
    try {
        function(0);
    } catch (...) {
        kept = std::current_exception();
    }
    std::thread([&] {
        try {
            std::rethrow_exception(kept);
        } catch (const Special &error) {
            say("in a thread: %s\n", error.what());
        }
    }).join();
    try {
        say("%d\n", std::vector<int>().at(5));
    } catch (const std::out_of_range &) {
        say("out of range\n");
    }
    try {
        volatile size_t much = SIZE_MAX / 2 - 100;
        delete[] new char[much];
        say("so much memory\n");
    } catch (const std::bad_alloc &error) {
        say("%s\n", error.what());
    }
}

void
threads()
{
    std::mutex mutex;
    std::condition_variable changed;
    int sum = 0;
    std::vector<std::thread> all;
    for (int number = 0; number < 8; number++) {
        all.emplace_back([&, number] {
            counted.uses += number;
            std::lock_guard<std::mutex> guard(mutex);
            sum += counted.uses;
            changed.notify_all();
        });
    }
    for (auto &each : all) {
        each.join();
    }
    std::unique_lock<std::mutex> lock(mutex);
    bool timely = changed.wait_for(lock, std::chrono::milliseconds(20), [] { return false; });
    say("sum %d, ended %d, waited %d\n", sum, ended.load(), timely);
    auto result = std::async(std::launch::async, []() -> int { throw Special("from async"); });
    try {
        result.get();
    } catch (const Special &error) {
        say("%s\n", error.what());
    }
    std::once_flag once;
    for (int number = 0; number < 2; number++) {
        std::call_once(once, [] { say("once\n"); });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

void
library()
{
    std::ostringstream stream;
    stream.imbue(std::locale::classic());
    stream << std::fixed << std::setprecision(3) << 1.5 << " " << std::hex << 255 << " " << std::boolalpha << true;
    say("%s %s %g\n", stream.str().c_str(), std::locale().name().c_str(), std::stod("2.5e3"));
    try {
        std::locale none("xx_YY.none");
        say("%s\n", none.name().c_str());
    } catch (const std::runtime_error &) {
        say("no such locale\n");
    }
    std::random_device device;
    say("random %d, regex %d\n", device() + device() > 0, std::regex_match("abc12", std::regex("[a-c]+[0-9]{2}")));
    namespace fs = std::filesystem;
    fs::path folder = fs::temp_directory_path() / ("cpp-" + std::to_string(getpid()));
    fs::create_directories(folder / "in" / "it");
    fs::copy(folder / "in", folder / "copied", fs::copy_options::recursive);
    std::error_code error;
    bool is_sized = fs::file_size(folder / "none", error) != static_cast<std::uintmax_t>(-1);
    long removed = fs::remove_all(folder);
    say("removed %ld, %d %d, exists %d\n", removed, is_sized, error.value(), fs::exists(folder));
    std::unordered_map<std::string, std::unique_ptr<int>> map;
    map["a"] = std::make_unique<int>(3);
    say("%d %zu\n", *map.at("a"), map.size());
    std::cout << "standard output" << std::endl;
    std::cerr << "standard error" << std::endl;
}

} // namespace

static void
run(void)
{
    exceptions();
    threads();
    library();
}
