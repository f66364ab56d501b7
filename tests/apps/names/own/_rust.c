/* An extension module of a common name, whose objects write when they die. */

#include <Python.h>
#include <unistd.h>

static void
dealloc(PyObject *self)
{
    static const char text[] = "own _rust: flushed\n";
    PyTypeObject *type = Py_TYPE(self);
    if (write(1, text, sizeof text - 1) < 0) {
        Py_FatalError("write");
    }
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyType_Slot slots[] = {{Py_tp_dealloc, dealloc}, {0, NULL}};
static PyType_Spec spec = {.name = "own._rust.Writer", .flags = Py_TPFLAGS_DEFAULT, .slots = slots};

static int
execute(PyObject *module)
{
    PyObject *type = PyType_FromSpec(&spec);
    return type ? PyModule_AddObject(module, "Writer", type) : -1;
}

static PyModuleDef_Slot phases[] = {{Py_mod_exec, execute}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_rust", .m_slots = phases};

PyMODINIT_FUNC
PyInit__rust(void)
{
    return PyModuleDef_Init(&definition);
}
