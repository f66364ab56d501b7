/* An extension module NAME with one function, `run()`, which returns what `run` below has said. */

#define Py_LIMITED_API 0x030b0000
#include <Python.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define TEXT_(a) #a
#define TEXT(a) TEXT_(a)

#ifdef __cplusplus
extern "C" {
#endif

static void run(void);

static char said[8192];

/* Append to what `run()` returns. */
__attribute__((format(printf, 1, 2), unused)) static void
say(const char *format, ...)
{
    size_t length = strlen(said);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(said + length, sizeof said - length, format, arguments);
    va_end(arguments);
}

static PyObject *
run_py(PyObject *self, PyObject *nothing)
{
    (void)self;
    (void)nothing;
    said[0] = '\0';
    run();
    return PyUnicode_FromString(said);
}

static PyMethodDef methods[] = {{"run", run_py, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, TEXT(NAME), NULL, 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC JOIN(PyInit_, NAME)(void)
{
    return PyModuleDef_Init(&definition);
}

#ifdef __cplusplus
}
#endif
