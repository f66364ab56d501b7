/* The C side of the importer: the built-in module `_bundle`, which importer.py turns into a finder and a loader. */

#include "interpreter/importer.h"

#include "executable/executable.h"
#include "interpreter/interpreter.h"
#include "interpreter/results.h"
#include "lifetime.h"

static PyObject *
text_list(const char *const *texts)
{
    PyObject *list = PyList_New(0);
    for (; list && texts && *texts; texts++) {
        PyObject *text = PyUnicode_FromString(*texts);
        if (!text || PyList_Append(list, text) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(text);
    }
    return list;
}

PyDoc_STRVAR(find_doc, "find(name) -> (kind, is_package, path) or None");

static PyObject *
bundle_find_py(PyObject *self, PyObject *name)
{
    (void)self;
    const char *text = PyUnicode_AsUTF8(name);
    if (!text) {
        PyErr_Clear(); /* a lone surrogate: no module has such a name */
        Py_RETURN_NONE;
    }
    const struct bundle_module *module = bundle_find_module(text);
    if (!module) {
        Py_RETURN_NONE;
    }
    return Py_BuildValue("iNN", (int)module->kind, PyBool_FromLong(module->is_package),
                         module->path ? bundle_path_text(module->path) : Py_NewRef(Py_None));
}

PyDoc_STRVAR(code_doc, "code(name) -> the code object of a frozen module; ImportError when there is none");

static PyObject *
bundle_code_py(PyObject *self, PyObject *name)
{
    (void)self;
    const char *text = PyUnicode_AsUTF8(name);
    return text ? bundle_module_code(bundle_find_module(text)) : NULL;
}

PyDoc_STRVAR(result_doc, "result(key) -> what compiling gave when the binary was built (results.c); None when not known");

static PyObject *
bundle_result_py(PyObject *self, PyObject *key)
{
    (void)self;
    const char *text = PyUnicode_AsUTF8(key);
    PyObject *result = text ? bundle_result(text) : NULL; /* borrowed */
    return result ? Py_NewRef(result) : PyErr_Occurred() ? NULL : Py_NewRef(Py_None);
}

PyDoc_STRVAR(run_doc, "run(code, namespace): as exec, with the garbage collector held back");

static PyObject *
bundle_run_py(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    (void)self;
    if (count != 2 || !PyCode_Check(args[0]) || !PyDict_Check(args[1])) {
        PyErr_SetString(PyExc_TypeError, "run(code, dict)");
        return NULL;
    }
    if (!PyDict_GetItemString(args[1], "__builtins__")
        && PyDict_SetItemString(args[1], "__builtins__", PyEval_GetBuiltins()) < 0) {
        return NULL;
    }
    if (!compat_is_main_interpreter()) {
        return PyEval_EvalCode(args[0], args[1], args[1]);
    }
    bundle_hold_collector();
    PyObject *result = PyEval_EvalCode(args[0], args[1], args[1]);
    bundle_release_collector();
    if (result && bundle_module_was_run(args[1]) < 0) {
        Py_CLEAR(result);
    }
    return result;
}

PyDoc_STRVAR(submodules_doc, "submodules(package) -> [(name, is_package), ...]; of \"\": the top-level modules");

static PyObject *
bundle_submodules_py(PyObject *self, PyObject *package)
{
    (void)self;
    Py_ssize_t length;
    const char *prefix = PyUnicode_AsUTF8AndSize(package, &length);
    PyObject *list = prefix ? PyList_New(0) : NULL;
    if (!list) {
        return NULL;
    }
    for (uint32_t i = 0; i < bundle.module_index.count; i++) {
        const struct bundle_module *module = &bundle.modules[i];
        const char *name = module->name;
        if (length) {
            if (strncmp(name, prefix, length) != 0 || name[length] != '.') {
                continue;
            }
            name += length + 1;
        }
        if (strchr(name, '.')) {
            continue;
        }
        PyObject *item = Py_BuildValue("sN", name, PyBool_FromLong(module->is_package));
        if (!item || PyList_Append(list, item) < 0) {
            Py_XDECREF(item);
            Py_DECREF(list);
            return NULL;
        }
        Py_DECREF(item);
    }
    return list;
}

PER_PROGRAM static PyMethodDef methods[] = {
    {"find", bundle_find_py, METH_O, find_doc},
    {"code", bundle_code_py, METH_O, code_doc},
    {"run", (PyCFunction)(void (*)(void))bundle_run_py, METH_FASTCALL, run_doc},
    {"result", bundle_result_py, METH_O, result_doc},
    {"submodules", bundle_submodules_py, METH_O, submodules_doc},
    {0},
};

static int
set_constants(PyObject *module)
{
    if (PyModule_AddStringConstant(module, "ROOT", BUNDLE_ROOT) < 0
        || PyModule_AddIntConstant(module, "FROZEN", BUNDLE_FROZEN) < 0
        || PyModule_AddIntConstant(module, "EXTENSION", BUNDLE_EXTENSION) < 0
        || PyModule_AddIntConstant(module, "NAMESPACE", BUNDLE_NAMESPACE) < 0
        || PyModule_AddIntConstant(module, "BROKEN", BUNDLE_BROKEN) < 0
        || PyModule_AddIntConstant(module, "ADAPTED", BUNDLE_ADAPTED) < 0
        || PyModule_AddIntConstant(module, "MODULES_HAVE_CACHED", COMPAT_MODULES_HAVE_CACHED) < 0) {
        return -1;
    }
    return 0;
}

PER_PROGRAM static PyModuleDef_Slot slots[] = {{Py_mod_exec, set_constants}, COMPAT_ANY_INTERPRETER {0}};

PER_PROGRAM static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_bundle",
    .m_doc = "Modules that are part of this executable.",
    .m_methods = methods,
    .m_slots = slots,
};

PyObject *
PyInit__bundle(void)
{
    return PyModuleDef_Init(&definition);
}

static const char importer[] = BUNDLE_IMPORTER;

int
bundle_install_importer(void)
{
    PyObject *code = bundle_module_code(bundle_find_module(importer));
    PyObject *module = code ? PyImport_AddModule(importer) : NULL; /* borrowed */
    PyObject *globals = module ? PyModule_GetDict(module) : NULL;
    PyObject *result = NULL;
    if (globals && PyDict_SetItemString(globals, "__builtins__", PyEval_GetBuiltins()) == 0) {
        result = PyEval_EvalCode(code, globals, globals);
    }
    Py_XDECREF(code);
    Py_XDECREF(result);
    return result ? 0 : -1;
}

/* Take the reference of a call's result; 0, or -1 with an exception set. */
static int
succeeded(PyObject *result)
{
    Py_XDECREF(result);
    return result ? 0 : -1;
}

int
bundle_prepare_interpreter(void)
{
    if (bundle_install_importer() < 0) {
        return -1;
    }
    PyObject *module = PyImport_AddModule(importer); /* borrowed */
    return succeeded(module ? PyObject_CallMethod(module, "prepare_path", NULL) : NULL);
}

int
bundle_prepare_main(const char *main_module)
{
    PyObject *module = PyImport_AddModule(importer); /* borrowed */
    PyObject *names = text_list(bundle.options.site_builtins);
    PyObject *hooks = text_list(bundle.options.runtime_hooks);
    PyObject *result = NULL;
    if (module && names && hooks) {
        result = PyObject_CallMethod(module, "prepare_main", "OzO", names, main_module, hooks);
    }
    Py_XDECREF(hooks);
    Py_XDECREF(names);
    return succeeded(result);
}

int
bundle_prepare_python(void)
{
    PyObject *module = PyImport_AddModule(importer); /* borrowed */
    return succeeded(module ? PyObject_CallMethod(module, "prepare_python", NULL) : NULL);
}
