/* Fast paths for dict look-ups with str keys, the most frequent operation of a start.

   type.__new__ looks for each of some ninety special methods in each of the bases (typeobject.c,
   fixup_slot_dispatchers), a module's body for built-in functions among its globals: half a million searches when a
   large program starts, most of which find nothing. dictobject.c has but one function for all kinds of keys and
   dictionaries; here such calls as ask for text in a dictionary of texts, nearly all, are answered, and the rest is left
   to it. Nothing of this can be observed: these searches call no Python code.

   The linker sends calls between the parts of a static libpython here; those within a shared one were bound before. */

#include "compat/compat.h"

#include "internal/pycore_dict.h"

#include "interpreter/interposed_python.h"
#include "lifetime.h"

#include <string.h>

/* The answer to what is to be asked elsewhere; NULL when the key is not there. All answers are borrowed. */
static const char unknown;
#define UNKNOWN ((PyObject *)&unknown)

/* By as many bits of the hash dictobject.c moves on. */
enum { PERTURB_SHIFT = 5 };

/* The search of dictobject.c (unicodekeys_lookup_unicode) in a table of such items, which leads from hashes to entries.
   Texts are not compared: where that would have to decide, the answer is UNKNOWN. */
#define SEARCH(item, keys, wanted, hash) \
    const item *indices = (const item *)(keys)->dk_indices; \
    size_t size = (size_t)1 << (keys)->dk_log2_size; \
    const PyDictUnicodeEntry *entries = (const PyDictUnicodeEntry *)(indices + size); \
    size_t perturb = (size_t)(hash); \
    for (size_t place = perturb & (size - 1);; place = (place * 5 + perturb + 1) & (size - 1)) { \
        Py_ssize_t index = indices[place]; \
        if (index == DKIX_EMPTY) { \
            return NULL; \
        } \
        if (index >= 0) { \
            if (entries[index].me_key == (wanted)) { \
                return entries[index].me_value; \
            } \
            if (((PyASCIIObject *)entries[index].me_key)->hash == (hash)) { \
                return UNKNOWN; \
            } \
        } \
        perturb >>= PERTURB_SHIFT; \
    }

/* Look for a key whose hash is given. Dictionaries with more than 32768 places, whose items are wider, are left out. */
static inline __attribute__((always_inline)) PyObject *
find_hashed(PyDictObject *dict, PyObject *wanted, Py_hash_t hash)
{
    PyDictKeysObject *keys = dict->ma_keys;
    if (keys->dk_kind != DICT_KEYS_UNICODE || keys->dk_log2_size >= 16) {
        return UNKNOWN;
    }
    if (keys->dk_log2_size < 8) {
        SEARCH(int8_t, keys, wanted, hash)
    }
    SEARCH(int16_t, keys, wanted, hash)
}

/* The same for a key that may not have been hashed yet, in what may not be a dictionary. */
static inline __attribute__((always_inline)) PyObject *
find(PyObject *dict, PyObject *key)
{
    if (!PyDict_Check(dict) || !PyUnicode_CheckExact(key) || ((PyASCIIObject *)key)->hash == -1) {
        return UNKNOWN;
    }
    return find_hashed((PyDictObject *)dict, key, ((PyASCIIObject *)key)->hash);
}

int
__wrap_PyDict_Contains(PyObject *dict, PyObject *key)
{
    PyObject *value = find(dict, key);
    return value == UNKNOWN ? __real_PyDict_Contains(dict, key) : value != NULL;
}

PyObject *
__wrap_PyDict_GetItemWithError(PyObject *dict, PyObject *key)
{
    PyObject *value = find(dict, key);
    return value == UNKNOWN ? __real_PyDict_GetItemWithError(dict, key) : value;
}

PyObject *
__wrap__PyDict_GetItemWithError(PyObject *dict, PyObject *key)
{
    PyObject *value = find(dict, key);
    return value == UNKNOWN ? __real__PyDict_GetItemWithError(dict, key) : value;
}

PyObject *
__wrap__PyDict_GetItem_KnownHash(PyObject *dict, PyObject *key, Py_hash_t hash)
{
    PyObject *value = PyDict_Check(dict) ? find_hashed((PyDictObject *)dict, key, hash) : UNKNOWN;
    return value == UNKNOWN ? __real__PyDict_GetItem_KnownHash(dict, key, hash) : value;
}

#if COMPAT_HAS_ITEM_REF

/* What the next two give: 1 and a new reference, or 0 and NULL. */
static inline int
give(PyObject *value, PyObject **result)
{
    *result = Py_XNewRef(value);
    return value != NULL;
}

int
__wrap_PyDict_GetItemRef(PyObject *dict, PyObject *key, PyObject **result)
{
    PyObject *value = find(dict, key);
    return value == UNKNOWN ? __real_PyDict_GetItemRef(dict, key, result) : give(value, result);
}

int
__wrap__PyDict_GetItemRef_KnownHash(PyDictObject *dict, PyObject *key, Py_hash_t hash, PyObject **result)
{
    PyObject *value = find_hashed(dict, key, hash);
    return value == UNKNOWN ? __real__PyDict_GetItemRef_KnownHash(dict, key, hash, result) : give(value, result);
}

#endif

#if COMPAT_HAS_LOAD_GLOBAL

PyObject *
__wrap__PyDict_LoadGlobal(PyDictObject *globals, PyDictObject *builtins, PyObject *key)
{
    PyObject *value = find((PyObject *)globals, key);
    if (!value) {
        value = find((PyObject *)builtins, key);
    }
    return value == UNKNOWN ? __real__PyDict_LoadGlobal(globals, builtins, key) : compat_loaded_global(value);
}

#endif

/* A cache of PyUnicode_InternFromString, one page: the interpreter's own strings (`__init__`), as offsets in _PyRuntime (0: an
   empty slot), by the addresses of the C literals that the interpreter passes over and over (typeobject.c, slotdefs). */
enum { REMEMBERED_BITS = 10 };
PER_PROGRAM static uint32_t remembered[1 << REMEMBERED_BITS];

/* The slot of a text, by its address (Fibonacci hashing). */
static inline uint32_t *
place_of(const char *text)
{
    return &remembered[(uintptr_t)text * UINT64_C(0x9e3779b97f4a7c15) >> (64 - REMEMBERED_BITS)];
}

/* Is it part of the interpreter, and therefore there forever, and interned in all interpreters of this process? */
static bool
is_of_interpreter(PyObject *string)
{
    return (uintptr_t)string - (uintptr_t)&_PyRuntime < sizeof _PyRuntime;
}

PyObject *
__wrap_PyUnicode_InternFromString(const char *text)
{
    uint32_t *place = place_of(text);
    PyObject *string = (PyObject *)((char *)&_PyRuntime + *place);
    /* It may have been another text: of another address, or in memory that is used again. */
    if (*place && strcmp(PyUnicode_DATA(string), text) == 0) {
        return Py_NewRef(string);
    }
    string = __real_PyUnicode_InternFromString(text);
    if (string && is_of_interpreter(string)) {
        *place = (uint32_t)((char *)string - (char *)&_PyRuntime);
    }
    return string;
}
