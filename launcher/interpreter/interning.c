/* Interned strings: when an extension module asks for one whose text static code has, it gets static code's.

   Python's compiler interns names, so modules may compare them by address: that of a keyword argument with a string that
   they interned when they were loaded. Names in static code are shared within the binary but not interned, for putting
   thousands of them into a table would cost every start. Here they are, when somebody asks. */

#include "compat/compat.h"

#include "executable/executable.h"
#include "interpreter/interposed_python.h"
#include "interpreter/interpreter.h"

/* Static code's string with this text; NULL when it has none. Borrowed. */
static PyObject *
find_pooled(const char *text)
{
    uint32_t hash = bundle_hash_text(text);
    uint32_t low = 0;
    uint32_t high = bundle_pool_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (bundle_pool_hashes[middle] < hash) {
            low = middle + 1;
        }
        else {
            high = middle;
        }
    }
    for (; low < bundle_pool_count && bundle_pool_hashes[low] == hash; low++) {
        PyObject *string = (PyObject *)(uintptr_t)bundle_pool[low];
        if (strcmp(text, PyUnicode_DATA(string)) == 0) {
            return string;
        }
    }
    return NULL;
}

PyObject *
extension_PyUnicode_InternFromString(const char *text)
{
    PyObject *string = find_pooled(text);
    if (!string) {
        return PyUnicode_InternFromString(text);
    }
    Py_INCREF(string);
    PyUnicode_InternInPlace(&string); /* another may have been interned before */
    return string;
}

void
extension_PyUnicode_InternInPlace(PyObject **place)
{
    PyObject *given = place ? *place : NULL;
    bool is_text = given && PyUnicode_CheckExact(given) && !PyUnicode_CHECK_INTERNED(given)
                   && PyUnicode_IS_COMPACT_ASCII(given)
                   && strlen(PyUnicode_DATA(given)) == (size_t)PyUnicode_GET_LENGTH(given);
    PyObject *string = is_text ? find_pooled(PyUnicode_DATA(given)) : NULL;
    if (string && string != given) {
        *place = Py_NewRef(string);
        Py_DECREF(given);
    }
    PyUnicode_InternInPlace(place);
}

void
bundle_intern_names(const char *names, size_t size)
{
    for (const char *name = names; name < names + size; name += strlen(name) + 1) {
        Py_XDECREF(extension_PyUnicode_InternFromString(name));
    }
}
