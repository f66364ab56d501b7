/* A module that uses the library of pool.c. `AT_IMPORT`: what it does with it when it is imported. */

#include <Python.h>

int pool_count(void);
void pool_scale(int by);
long pool_sum(void);

static int kept;

static PyObject *
use(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return Py_BuildValue("ili", pool_count(), pool_sum(), kept);
}

static PyMethodDef methods[] = {{"use", use, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "pooled", NULL, 0, methods};

PyMODINIT_FUNC
PyInit_pooled(void)
{
#ifdef AT_IMPORT
    AT_IMPORT;
#endif
    return PyModule_Create(&definition);
}
