/* A module that keeps words which each process has for itself. `COUNT`: what it keeps of the number of processors. */

#define _GNU_SOURCE
#include <Python.h>

#include <dlfcn.h>
#include <sched.h>
#include <stdint.h>

static struct words {
    uint64_t guard, count;
    void *symbol;
} *kept; /* on the heap */

static uint64_t
guard(void)
{
    uint64_t word;
    __asm__("movq %%fs:0x28, %0" : "=r"(word));
    return word;
}

static int
processors(void)
{
    cpu_set_t set;
    sched_getaffinity(0, sizeof set, &set);
    return CPU_COUNT(&set);
}

static PyObject *
show(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return Py_BuildValue("OOi", kept->guard == guard() ? Py_True : Py_False,
                         kept->symbol == dlsym(RTLD_DEFAULT, "qsort") ? Py_True : Py_False, (int)kept->count);
}

static PyMethodDef methods[] = {{"show", show, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "keeps", NULL, 0, methods};

PyMODINIT_FUNC
PyInit_keeps(void)
{
    int count = processors();
    kept = malloc(sizeof *kept);
    *kept = (struct words){guard(), COUNT, dlsym(RTLD_DEFAULT, "qsort")};
    return PyModule_Create(&definition);
}
