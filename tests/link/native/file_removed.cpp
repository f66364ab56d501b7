/* A Python object with a file of its own, which is removed when it dies. No other function that it calls would show. */

#include "module.h"

#include <filesystem>
#include <string>
#include <unistd.h>

static void
end(PyObject *capsule)
{
    auto path = static_cast<std::filesystem::path *>(PyCapsule_GetPointer(capsule, NULL));
    std::filesystem::remove(*path);
    delete path;
}

static void
run(void)
{
    auto path = new std::filesystem::path(std::filesystem::temp_directory_path() / std::to_string(getpid()));
    FILE *file = fopen(path->c_str(), "w");
    say("%d ", file && fclose(file) == 0);
    PyObject *capsule = PyCapsule_New(path, NULL, end);
    say("%d", PyObject_SetAttrString(PyImport_AddModule("file_removed"), "file", capsule));
    Py_DECREF(capsule);
}
