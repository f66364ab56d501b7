/* The C side of the importer: the built-in module `_bundle`, which importer.py turns into a finder and a loader. */

#include "interpreter/importer.h"

#include "executable/executable.h"
#include "interpreter/interpreter.h"
#include "interpreter/precompiled.h"
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

PyDoc_STRVAR(find_doc, "find(name) -> (kind, is_package, path, is_early) or None");

static PyObject *
described(const struct bundle_module *module)
{
    return Py_BuildValue("iNNN", (int)module->kind, PyBool_FromLong(module->is_package),
                         module->path ? bundle_path_text(module->path) : Py_NewRef(Py_None),
                         PyBool_FromLong(module->is_early));
}

/* The module of that name; NULL when there is none. */
static const struct bundle_module *
module_named(PyObject *name)
{
    const char *text = PyUnicode_AsUTF8(name);
    if (!text) {
        PyErr_Clear(); /* a lone surrogate: no module has such a name */
        return NULL;
    }
    return bundle_find_module(text);
}

static PyObject *
bundle_find_py(PyObject *self, PyObject *name)
{
    (void)self;
    const struct bundle_module *module = module_named(name);
    return module ? described(module) : Py_NewRef(Py_None);
}

/* The length of the path of the folder in which a module lies, a package as a whole. */
static Py_ssize_t
home_length(const struct bundle_module *module)
{
    const char *end = module->path + strlen(module->path);
    for (int parts = module->is_package && module->kind != BUNDLE_NAMESPACE ? 2 : 1; parts; parts--) {
        do {
            end--;
        } while (*end != '/');
    }
    return end - module->path;
}

PyDoc_STRVAR(find_in_doc,
             "find_in(name, folders) -> as find(name), if the module lies in one of the folders, else None");

static PyObject *
bundle_find_in_py(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    (void)self;
    const struct bundle_module *module = count == 2 ? module_named(args[0]) : NULL;
    PyObject *folders = module && module->path ? PySequence_Fast(args[1], "folders must be a sequence") : NULL;
    if (!folders) {
        return PyErr_Occurred() ? NULL : module ? described(module) : Py_NewRef(Py_None);
    }
    Py_ssize_t length = home_length(module);
    bool is_in = false;
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(folders) && !is_in; i++) {
        PyObject *folder = PySequence_Fast_GET_ITEM(folders, i);
        Py_ssize_t its_length;
        const char *text = PyUnicode_Check(folder) ? PyUnicode_AsUTF8AndSize(folder, &its_length) : NULL;
        is_in = text && its_length == length && memcmp(text, module->path, (size_t)length) == 0;
    }
    PyErr_Clear(); /* a folder whose name is no text is none of ours */
    Py_DECREF(folders);
    return is_in ? described(module) : Py_NewRef(Py_None);
}

PyDoc_STRVAR(code_doc, "code(name) -> the code object of a frozen module; ImportError when there is none");

static PyObject *
bundle_code_py(PyObject *self, PyObject *name)
{
    (void)self;
    const char *text = PyUnicode_AsUTF8(name);
    return text ? bundle_module_code(bundle_find_module(text)) : NULL;
}

PyDoc_STRVAR(result_doc,
             "result(key) -> what compiling gave when the binary was built (precompiled.c); None when not known");

static PyObject *
bundle_result_py(PyObject *self, PyObject *key)
{
    (void)self;
    const char *text = PyUnicode_AsUTF8(key);
    PyObject *result = text ? bundle_precompiled(text) : NULL; /* borrowed */
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
    {"find_in", (PyCFunction)(void (*)(void))bundle_find_in_py, METH_FASTCALL, find_in_doc},
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
        || PyModule_AddIntConstant(module, "IS_STATIC", bundle.options.is_static) < 0
        || PyModule_AddIntConstant(module, "MODULES_HAVE_CACHED", COMPAT_MODULES_HAVE_CACHED) < 0) {
        return -1;
    }
    return 0;
}

PER_PROGRAM static PyModuleDef_Slot slots[] = {{Py_mod_exec, set_constants}, COMPAT_ANY_INTERPRETER{0}};

PER_PROGRAM static PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_bundle", .m_doc = "Modules that are part of this executable.",
    .m_methods = methods,  .m_slots = slots,
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

/* Call a function of the importer's Python side with arguments, which are taken; 0, or -1 with an exception set. */
static int
call_importer(const char *function, PyObject *arguments)
{
    PyObject *module = arguments ? PyImport_AddModule(importer) : NULL; /* borrowed */
    PyObject *callable = module ? PyObject_GetAttrString(module, function) : NULL;
    PyObject *result = callable ? PyObject_CallObject(callable, arguments) : NULL;
    Py_XDECREF(callable);
    Py_XDECREF(arguments);
    return succeeded(result);
}

int
bundle_prepare_main(const char *main_module)
{
    return call_importer("prepare_main", Py_BuildValue("(Nz)", text_list(bundle.options.site_builtins), main_module));
}

int
bundle_run_hooks(void)
{
    return bundle.options.runtime_hooks
               ? call_importer("run_hooks", Py_BuildValue("(N)", text_list(bundle.options.runtime_hooks)))
               : 0;
}

int
bundle_prepare_python(void)
{
    PyObject *module = PyImport_AddModule(importer); /* borrowed */
    return succeeded(module ? PyObject_CallMethod(module, "prepare_python", NULL) : NULL);
}
