/* The program that would search the disk beside the executable for a Python installation, where a `._pth` file could
   change sys.path. This one does nothing; every path is set in process/configuration.c. */

#include "executable/executable.h"
#include "interpreter/importer.h"
#include "interpreter/interposed_python.h"
#include "interpreter/interpreter.h"

PyObject *
__wrap__Py_Get_Getpath_CodeObject(void)
{
    static const char name[] = "find_no_installation"; /* a function that importer.py defines */
    PyObject *code = bundle_module_code(bundle_find_module(BUNDLE_IMPORTER));
    PyObject *constants = code ? ((PyCodeObject *)code)->co_consts : NULL;
    PyObject *found = NULL;
    for (Py_ssize_t i = 0; constants && !found && i < PyTuple_GET_SIZE(constants); i++) {
        PyObject *constant = PyTuple_GET_ITEM(constants, i);
        if (PyCode_Check(constant)
            && PyUnicode_CompareWithASCIIString(((PyCodeObject *)constant)->co_name, name) == 0) {
            found = Py_NewRef(constant);
        }
    }
    Py_XDECREF(code);
    if (!found && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_ImportError, name);
    }
    return found;
}
