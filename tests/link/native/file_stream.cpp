/* A Python object with a stream of the C++ library, whose buffer is written when it dies. */

#include "module.h"

#include <fstream>

static void
end(PyObject *capsule)
{
    delete static_cast<std::ofstream *>(PyCapsule_GetPointer(capsule, NULL));
}

static void
run(void)
{
    auto stream = new std::ofstream("/dev/stdout");
    *stream << "written at the end\n";
    PyObject *capsule = PyCapsule_New(stream, NULL, end);
    say("%d", PyObject_SetAttrString(PyImport_AddModule("file_stream"), "stream", capsule));
    Py_DECREF(capsule);
}
