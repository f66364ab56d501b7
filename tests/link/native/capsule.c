/* A function that one extension module offers others, in a capsule; with IMPORT, a module that uses it. */

#include "module.h"

static void
offered(int number)
{
    say("called with %d", number);
}

static void
run(void)
{
#ifdef IMPORT
    void (*function)(int) = (void (*)(int))PyCapsule_Import("capsule_offer.api", 0);
    if (function) {
        function(7);
        say("called the other's");
    }
    PyErr_Clear();
    (void)offered;
#else
    PyObject *module = PyImport_AddModule("capsule_offer");
    PyObject *capsule = PyCapsule_New((void *)offered, "capsule_offer.api", NULL);
    say("%d", PyObject_SetAttrString(module, "api", capsule));
    Py_DECREF(capsule);
    offered(1);
#endif
}
