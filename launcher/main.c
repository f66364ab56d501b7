/* The program's front door: configure the interpreter, run the bundled program, end as `python` would. */

#include "compat.h"

#include "ending.h"
#include "importer.h"
#include "launcher.h"

#include <locale.h>
#include <signal.h>
#include <unistd.h>

/* The last word on a failure that Python cannot report itself. */
static void
complain(const char *what)
{
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
}

/* --- Configuration ------------------------------------------------------------------------------------------ */

/* As `python` without options: the locale decides the encoding, with PEP 538 and PEP 540 for the C locale. Only the
   environment is left out. */
static PyStatus
preinitialize(void)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    config.isolated = 1;
    config.use_environment = 0;
    config.parse_argv = 0;
    if (bundle.options.utf8_mode) {
        config.utf8_mode = 1;
    }
    return Py_PreInitialize(&config);
}

/* The path of this executable for sys.executable; the buffer is PATH_MAX bytes. */
static const char *
executable_path(char *buffer, const char *argv0)
{
    ssize_t length = readlink("/proc/self/exe", buffer, PATH_MAX - 1);
    if (length <= 0) {
        return argv0; /* no /proc */
    }
    buffer[length] = '\0';
    return buffer;
}

/* The variables of `python` that a bundled program honours; all others are ignored, above all those that would let
   the environment change which code runs. docs/environment.md lists them. */
static PyStatus
read_environment(PyConfig *config)
{
    const char *value = getenv("PYTHONUNBUFFERED");
    if (value && *value) {
        config->buffered_stdio = 0;
    }
    value = getenv("PYTHONFAULTHANDLER");
    if (value && *value) {
        config->faulthandler = 1;
    }
    value = getenv("PYTHONTRACEMALLOC");
    if (value && *value) {
        config->tracemalloc = atoi(value);
    }
    value = getenv("PYTHONHASHSEED");
    if (value && *value && strcmp(value, "random") != 0) {
        char *end;
        unsigned long seed = strtoul(value, &end, 10);
        if (*end || seed > 4294967295ul) {
            return PyStatus_Error("PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]");
        }
        config->use_hash_seed = 1;
        config->hash_seed = seed;
    }
    return PyStatus_Ok();
}

static PyStatus
append_texts(PyWideStringList *list, const char *const *texts)
{
    for (; texts && *texts; texts++) {
        wchar_t *text = Py_DecodeLocale(*texts, NULL);
        if (!text) {
            return PyStatus_NoMemory();
        }
        PyStatus status = PyWideStringList_Append(list, text);
        PyMem_RawFree(text);
        if (PyStatus_Exception(status)) {
            return status;
        }
    }
    return PyStatus_Ok();
}

/* -W options of PYTHONWARNINGS come before those fixed at build time, which therefore win. */
static PyStatus
set_warnings(PyConfig *config)
{
    const char *value = getenv("PYTHONWARNINGS");
    if (value && *value) {
        char *copy = strdup(value);
        if (!copy) {
            return PyStatus_NoMemory();
        }
        char *rest = copy;
        for (char *item; (item = strsep(&rest, ","));) {
            if (!*item) {
                continue;
            }
            const char *const items[] = {item, NULL};
            PyStatus status = append_texts(&config->warnoptions, items);
            if (PyStatus_Exception(status)) {
                free(copy);
                return status;
            }
        }
        free(copy);
    }
    return append_texts(&config->warnoptions, bundle.options.warnings);
}

#define CHECK(call) \
    do { \
        PyStatus status_ = (call); \
        if (PyStatus_Exception(status_)) { \
            return status_; \
        } \
    } while (0)

static PyStatus
set_paths(PyConfig *config, const char *argv0)
{
    char buffer[PATH_MAX];
    const char *executable = executable_path(buffer, argv0);
    CHECK(PyConfig_SetBytesString(config, &config->program_name, argv0));
    CHECK(PyConfig_SetBytesString(config, &config->executable, executable));
    CHECK(PyConfig_SetBytesString(config, &config->base_executable, executable));
    wchar_t *const *unset[] = {&config->prefix,      &config->exec_prefix,      &config->base_prefix,
                               &config->base_exec_prefix, &config->stdlib_dir};
    for (size_t i = 0; i < sizeof unset / sizeof *unset; i++) {
        CHECK(PyConfig_SetBytesString(config, (wchar_t **)unset[i], BUNDLE_ROOT));
    }
    CHECK(PyConfig_SetBytesString(config, &config->platlibdir, bundle.options.platlibdir));
    config->module_search_paths_set = 1;
    return PyWideStringList_Append(&config->module_search_paths, L"" BUNDLE_ROOT);
}

static PyStatus
configure(PyConfig *config, int argc, char **argv)
{
    config->isolated = 1;
    config->use_environment = 0;
    config->site_import = 0;
    config->user_site_directory = 0;
    config->safe_path = 1;
    config->write_bytecode = 0;
    config->parse_argv = 0;
    config->install_signal_handlers = 1;
    config->pathconfig_warnings = 0;
    config->optimization_level = (int)bundle.options.optimize;
    config->_init_main = 0;
    CHECK(read_environment(config));
    CHECK(set_warnings(config));
    CHECK(append_texts(&config->xoptions, bundle.options.x_options));
    CHECK(set_paths(config, argv[0]));
    return PyConfig_SetBytesArgv(config, argc, argv);
}

static PyStatus
initialize(int argc, char **argv)
{
    CHECK(preinitialize());
    if (PyImport_AppendInittab("_bundle", PyInit__bundle) < 0) {
        return PyStatus_NoMemory();
    }
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyStatus status = configure(&config, argc, argv);
    if (PyStatus_Exception(status)) {
        goto done;
    }
    status = Py_InitializeFromConfig(&config);
    if (PyStatus_Exception(status)) {
        goto done;
    }
    compat_reserve_versions(bundle.options.version_end);
    if (bundle_install_importer() < 0) {
        PyErr_Print();
        status = PyStatus_Error("the importer could not be installed");
        goto done;
    }
    status = compat_initialize_main(&config);

done:
    PyConfig_Clear(&config);
    return status;
}

/* --- The program -------------------------------------------------------------------------------------------- */

/* Run the code of `__main__`; returns the exit status as `python` has it. */
static int
run_main(bool *interrupted)
{
    PyObject *main_module = PyImport_AddModule("__main__"); /* borrowed */
    const struct bundle_module *program = bundle_find_module("__main__");
    PyObject *code = main_module ? bundle_module_code(program) : NULL;
    PyObject *file = code ? PyUnicode_FromString(program->path) : NULL;
    PyObject *result = NULL;
    if (file) {
        PyObject *globals = PyModule_GetDict(main_module);
        if (PyDict_SetItemString(globals, "__file__", file) == 0
            && PyDict_SetItemString(globals, "__cached__", Py_None) == 0 && bundle_prepare_main() == 0) {
            result = PyEval_EvalCode(code, globals, globals);
        }
    }
    Py_XDECREF(file);
    Py_XDECREF(code);
    if (result) {
        Py_DECREF(result);
        return 0;
    }
    *interrupted = PyErr_ExceptionMatches(PyExc_KeyboardInterrupt);
    return bundle_status_of_exception();
}

/* End by SIGINT, so that a shell sees what happened (Modules/main.c, exit_sigint). */
static int
end_by_interrupt(void)
{
    if (signal(SIGINT, SIG_DFL) == SIG_ERR) {
        complain("signal");
    }
    else {
        kill(getpid(), SIGINT);
    }
    return SIGINT + 128;
}

int
main(int argc, char **argv, char **environment)
{
    bundle_images_start(argc, argv, environment);
    PyStatus status = initialize(argc, argv);
    if (PyStatus_Exception(status)) {
        if (PyStatus_IsExit(status)) {
            return status.exitcode;
        }
        Py_ExitStatusException(status);
    }
    bool interrupted = false;
    int exit_status = bundle_end(run_main(&interrupted));
    return interrupted ? end_by_interrupt() : exit_status;
}
