/* An extension module of the old kind (single-phase initialisation) inside a package, and, with MULTI, of the new. */

#define Py_LIMITED_API 0x030b0000
#include <Python.h>

static PyModuleDef_Slot slots[] = {{0, NULL}};

#ifdef MULTI
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "multi", NULL, 0, NULL, slots, NULL, NULL, NULL};

PyMODINIT_FUNC
PyInit_multi(void)
{
    return PyModuleDef_Init(&definition);
}
#else
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "single", NULL, -1, NULL, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC
PyInit_single(void)
{
    (void)slots;
    return PyModule_Create(&definition);
}
#endif
