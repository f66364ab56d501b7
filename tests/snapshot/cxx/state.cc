// An extension module with what C++ keeps from the time when it is imported: streams, locales, classes of characters, variables of threads.

#include <Python.h>

#include <iostream>
#include <locale>
#include <memory>
#include <mutex>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

std::ostringstream kept;
std::locale kept_locale;
std::once_flag flag;
std::unique_ptr<std::regex> pattern;

struct Told {
    std::vector<std::string> words;
    ~Told() { std::cout << "destroyed with " << words.size() << " words" << std::endl; }
};
thread_local Told told;

PyObject *use(PyObject *, PyObject *)
{
    std::call_once(flag, [] { std::cout << "never twice" << std::endl; });
    kept << L'x' << std::toupper('y', kept_locale) << std::isdigit('7', kept_locale);
    told.words.push_back("late");
    std::wstring wide = L"Stra\u00dfe 12";
    long digits = 0;
    for (wchar_t each : wide) {
        digits += std::use_facet<std::ctype<wchar_t>>(kept_locale).is(std::ctype_base::digit, each);
    }
    try {
        std::stoi("no number");
    }
    catch (const std::invalid_argument &error) {
        std::cout << error.what() << std::endl;
    }
    std::cout << "on cout " << std::regex_match("abc", *pattern) << std::endl;
    std::cerr << "on cerr " << std::locale().name() << std::endl;
    return Py_BuildValue("sl", kept.str().c_str(), digits);
}

PyMethodDef methods[] = {{"use", use, METH_NOARGS, nullptr}, {nullptr, nullptr, 0, nullptr}};
PyModuleDef definition = {PyModuleDef_HEAD_INIT, "state", nullptr, -1, methods, nullptr, nullptr, nullptr, nullptr};

} // namespace

PyMODINIT_FUNC PyInit_state()
{
    std::call_once(flag, [] { kept << "once "; });
    kept << 1.5 << ' ' << std::hex << 255 << ' ';
    pattern = std::make_unique<std::regex>("[[:alpha:]]+");
    told.words.push_back("early");
    kept_locale = std::locale(std::locale::classic(), new std::ctype<char>());
    return PyModule_Create(&definition);
}
