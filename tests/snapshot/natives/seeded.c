/* A module that asks for seeds of its tables when it is first used. */

#include <Python.h>

#include <sys/random.h>

static unsigned long seed;

static PyObject *
use(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    if (!seed) {
        (void)!getrandom(&seed, sizeof seed, 0);
    }
    return PyBool_FromLong(seed != 0);
}

static PyMethodDef methods[] = {{"use", use, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_pydantic_core", NULL, 0, methods};

PyMODINIT_FUNC
PyInit__pydantic_core(void)
{
    return PyModule_Create(&definition);
}
