/* Generators of random numbers (`random.Random`), of which modules keep some: those whose state followed from the machine's
   random bytes, or from the time, are seeded anew at each start. The build finds which these are, by comparing recordings. */

#include "snapshot/generators.h"

#include "lifetime.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A generator, and what it was. */
struct kept_state {
    struct kept_state *next;
    PyObject *object;
    uint64_t size;
    char state[];
};

PER_PROCESS static struct kept_state *kept_states;

/* `_random.Random`, a new reference; NULL, with no exception set, where nobody has imported it. */
static PyTypeObject *
generator_type(void)
{
    PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "_random"); /* borrowed */
    PyObject *type = module ? PyObject_GetAttrString(module, "Random") : NULL;
    PyErr_Clear();
    if (type && !PyType_Check(type)) {
        Py_CLEAR(type);
    }
    return (PyTypeObject *)type;
}

/* All objects that the collector knows; a new reference. */
static PyObject *
all_objects(void)
{
    PyObject *collector = PyImport_ImportModule("gc");
    PyObject *objects = collector ? PyObject_CallMethod(collector, "get_objects", NULL) : NULL;
    Py_XDECREF(collector);
    return objects;
}

int
bundle_find_generators(void (*found)(PyObject *object, uint64_t size))
{
    PyTypeObject *type = generator_type();
    if (!type) {
        return 0;
    }
    PyObject *objects = all_objects();
    for (Py_ssize_t i = 0; objects && i < PyList_GET_SIZE(objects); i++) {
        if (PyObject_TypeCheck(PyList_GET_ITEM(objects, i), type)) {
            found(PyList_GET_ITEM(objects, i), (uint64_t)type->tp_basicsize);
        }
    }
    int status = objects ? 0 : -1;
    Py_XDECREF(objects);
    Py_DECREF(type);
    return status;
}

/* What a generator is lies behind the head of the object (_randommodule.c, RandomObject). */
static void
keep_state(PyObject *object, uint64_t size)
{
    uint64_t room = size - sizeof(PyObject);
    struct kept_state *kept = malloc(sizeof *kept + room);
    if (kept) {
        *kept = (struct kept_state){kept_states, Py_NewRef(object), room};
        memcpy(kept->state, object + 1, room);
        kept_states = kept;
    }
}

uint64_t
bundle_shared_state(void)
{
    PyTypeObject *type = generator_type();
    PyObject *module = PyDict_GetItemString(PyImport_GetModuleDict(), "random"); /* borrowed */
    PyObject *shared = type && module ? PyObject_GetAttrString(module, "_inst") : NULL;
    PyErr_Clear();
    uint64_t sum = 0;
    if (shared && PyObject_TypeCheck(shared, type)) {
        const unsigned char *state = (const unsigned char *)(shared + 1);
        for (size_t i = 0; i < (size_t)type->tp_basicsize - sizeof(PyObject); i++) {
            sum = (sum ^ state[i]) * 0x100000001b3u; /* FNV-1a */
        }
    }
    Py_XDECREF(shared);
    Py_XDECREF(type);
    return sum;
}

/* Seed all generators with a value; None: with random bytes. */
static int
seed_all(PyObject *seed)
{
    int status = seed ? bundle_find_generators(keep_state) : -1;
    PyTypeObject *type = status == 0 && kept_states ? generator_type() : NULL;
    for (struct kept_state *kept = kept_states; type && kept && status == 0; kept = kept->next) {
        PyObject *result = PyObject_CallMethod((PyObject *)type, "seed", "OO", kept->object, seed);
        status = result ? 0 : -1;
        Py_XDECREF(result);
    }
    Py_XDECREF(type);
    return status;
}

int
bundle_seed_alike(void)
{
    PyObject *seed = PyLong_FromLong(0);
    int status = seed_all(seed);
    Py_XDECREF(seed);
    return status;
}

int
bundle_seed_by_chance(void)
{
    return seed_all(Py_None);
}

void
bundle_unseed(void)
{
    while (kept_states) {
        struct kept_state *kept = kept_states;
        kept_states = kept->next;
        memcpy(kept->object + 1, kept->state, kept->size);
        Py_DECREF(kept->object);
        free(kept);
    }
}

int
bundle_seed_generators(const struct bundle_snapshot *snapshot)
{
    PyTypeObject *type = snapshot->generator_count ? generator_type() : NULL;
    PyObject *seed = type ? PyObject_GetAttrString((PyObject *)type, "seed") : NULL;
    int status = snapshot->generator_count && !seed ? -1 : 0;
    for (uint64_t i = 0; i < snapshot->generator_count && status == 0; i++) {
        PyObject *result = PyObject_CallOneArg(seed, (PyObject *)snapshot->generators[i]);
        status = result ? 0 : -1;
        Py_XDECREF(result);
    }
    Py_XDECREF(seed);
    Py_XDECREF(type);
    return status;
}
