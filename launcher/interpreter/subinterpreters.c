/* Code for other interpreters than the main one.

   Static code belongs to the main interpreter: its instructions are rewritten in place while it runs, and refer to types
   and dictionaries of one interpreter. All others get copies on the heap, by way of marshal, as from a .pyc. */

#include "interpreter/subinterpreters.h"

#include "interpreter/frozen.h"
#include "lifetime.h"

#include <marshal.h>
#include <pthread.h>

/* What other interpreters need for a moment and the main one must not see: sets in constants, and caches in code objects. */
PER_PROCESS static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void
bundle_lock_code(void)
{
    pthread_mutex_lock(&lock);
}

void
bundle_unlock_code(void)
{
    pthread_mutex_unlock(&lock);
}

Py_ssize_t
bundle_build_sets(const struct bundle_set_slot *set_slots, bool *mine)
{
    Py_ssize_t built = 0;
    for (Py_ssize_t i = 0; set_slots && set_slots[i].slot; i++) {
        if (*set_slots[i].slot) {
            continue;
        }
        PyObject *set = PyFrozenSet_New(set_slots[i].items);
        if (!set) {
            return -1;
        }
        *set_slots[i].slot = set;
        if (mine) {
            mine[i] = true;
        }
        built++;
    }
    return built;
}

/* A code object and what the main interpreter keeps in its cache. */
struct hidden {
    PyCodeObject *code;
    void *cache;
    struct hidden *next;
};

/* Put the caches of a code object and all inside it aside: what marshal caches there is this interpreter's. */
static struct hidden *
hide_caches(PyCodeObject *code, struct hidden *list)
{
    struct hidden *entry = PyMem_RawMalloc(sizeof *entry);
    if (!entry) {
        return list; /* then marshal's copy of the bytecode stays: a leak, when memory is out anyway */
    }
    *entry = (struct hidden){code, *compat_code_cache(code), list};
    *compat_code_cache(code) = NULL;
    list = entry;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(code->co_consts); i++) {
        PyObject *constant = PyTuple_GET_ITEM(code->co_consts, i);
        if (constant && PyCode_Check(constant)) {
            list = hide_caches((PyCodeObject *)constant, list);
        }
    }
    return list;
}

static void
restore_caches(struct hidden *list)
{
    while (list) {
        struct hidden *next = list->next;
        compat_clear_code_cache(list->code);
        *compat_code_cache(list->code) = list->cache;
        PyMem_RawFree(list);
        list = next;
    }
}

PyObject *
bundle_copy_code(const struct bundle_code *frozen)
{
    PyCodeObject *code = (PyCodeObject *)frozen->code;
    Py_ssize_t sets = 0;
    while (frozen->set_slots && frozen->set_slots[sets].slot) {
        sets++;
    }
    bool *mine = PyMem_RawCalloc(sets + 1, sizeof *mine);
    if (!mine) {
        return PyErr_NoMemory();
    }
    /* Nothing in here may run Python code, which could wait for a thread that waits for the lock. */
    int collecting = PyGC_Disable();
    bundle_lock_code();
    PyObject *data = NULL;
    if (bundle_build_sets(frozen->set_slots, mine) >= 0) {
        struct hidden *hidden = hide_caches(code, NULL);
        data = PyMarshal_WriteObjectToString((PyObject *)code, Py_MARSHAL_VERSION);
        restore_caches(hidden);
    }
    for (Py_ssize_t i = sets; i-- > 0;) { /* outer sets before inner ones */
        if (mine[i]) {
            PyObject *set = *frozen->set_slots[i].slot;
            *frozen->set_slots[i].slot = NULL;
            Py_DECREF(set);
        }
    }
    bundle_unlock_code();
    if (collecting) {
        PyGC_Enable();
    }
    PyMem_RawFree(mine);
    PyObject *copy = NULL;
    if (data) {
        copy = bundle_unmarshal(PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data));
        Py_DECREF(data);
    }
    return copy;
}
