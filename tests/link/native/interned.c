/* Compares names by their addresses with strings that it has interned: those of keyword arguments, as some modules do. */

#include "module.h"

static PyObject *from_text, *in_place;

static PyObject *
accept(PyObject *self, PyObject *arguments, PyObject *keywords)
{
    (void)self;
    (void)arguments;
    Py_ssize_t position = 0;
    PyObject *key, *value;
    while (keywords && PyDict_Next(keywords, &position, &key, &value)) {
        say("%s ", key == from_text ? "by text" : key == in_place ? "in place" : "unknown");
    }
    Py_RETURN_NONE;
}

static PyMethodDef accepting = {"accept", (PyCFunction)(void (*)(void))accept, METH_VARARGS | METH_KEYWORDS, NULL};

static void
run(void)
{
    from_text = PyUnicode_InternFromString("keyword_by_text");
    in_place = PyUnicode_FromString("keyword_in_place");
    PyUnicode_InternInPlace(&in_place);
    PyObject *function = PyCFunction_New(&accepting, NULL);
    PyObject *program = PyImport_AddModule("__main__");
    PyObject *result = PyObject_CallMethod(program, "call_with_keywords", "O", function);
    Py_XDECREF(result);
    Py_XDECREF(function);
}
