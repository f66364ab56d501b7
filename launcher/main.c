/* The program's front door: configure the interpreter, run the bundled program, end as `python` would. */

#include "compat.h"

#include "command.h"
#include "ending.h"
#include "frozen.h"
#include "importer.h"
#include "launcher.h"
#include "results.h"

#include <locale.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* The last word on a failure that Python cannot report itself. */
static void
complain(const char *what)
{
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
}

/* --- Configuration ------------------------------------------------------------------------------------------ */

/* As `python` without options: the locale decides the encoding, with PEP 538 and PEP 540 for the C locale. Only the
   environment is left out, unless this is to be `python`. */
static PyStatus
preinitialize(const struct bundle_start *start)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    if (bundle.options.utf8_mode) {
        config.utf8_mode = 1;
    }
    if (start->command == BUNDLE_RUN_PYTHON) {
        return Py_PreInitializeFromBytesArgs(&config, start->argc, start->argv);
    }
    config.isolated = 1;
    config.use_environment = 0;
    config.parse_argv = 0;
    return Py_PreInitialize(&config);
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
    const char *executable = bundle_own_path(argv0);
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

/* The program's configuration: options and the search path are fixed. */
static PyStatus
configure_program(PyConfig *config, const struct bundle_start *start)
{
    config->isolated = 1;
    config->use_environment = 0;
    config->site_import = 0;
    config->user_site_directory = 0;
    config->safe_path = 1;
    config->write_bytecode = 0;
    config->parse_argv = 0;
    config->install_signal_handlers = 1;
    config->optimization_level = (int)bundle.options.optimize;
    CHECK(read_environment(config));
    CHECK(set_warnings(config));
    CHECK(append_texts(&config->xoptions, bundle.options.x_options));
    CHECK(set_paths(config, start->argv[0]));
    return PyConfig_SetBytesArgv(config, start->argc, start->argv);
}

/* The entries of PYTHONPATH come before the bundled modules; relative ones start at the current folder. */
static PyStatus
add_search_paths(PyConfig *config, const wchar_t *paths)
{
    const wchar_t *rest = paths;
    wchar_t *here = NULL;
    for (Py_ssize_t index = 0; rest && *paths; index++) {
        const wchar_t *end = wcschr(rest, L':');
        size_t length = end ? (size_t)(end - rest) : wcslen(rest);
        wchar_t path[PATH_MAX * 2 + 2];
        size_t used = 0;
        if (rest[0] != L'/') {
            char folder[PATH_MAX];
            here = here || !getcwd(folder, sizeof folder) ? here : Py_DecodeLocale(folder, NULL);
            used = here ? (size_t)swprintf(path, PATH_MAX, length ? L"%ls/" : L"%ls", here) : 0;
        }
        if (length < PATH_MAX) {
            wmemcpy(path + used, rest, length);
            path[used + length] = L'\0';
            PyStatus status = PyWideStringList_Insert(&config->module_search_paths, index, path);
            if (PyStatus_Exception(status)) {
                PyMem_RawFree(here);
                return status;
            }
        }
        if (!end) {
            break;
        }
        rest = end + 1;
    }
    PyMem_RawFree(here);
    return PyStatus_Ok();
}

/* Was it an option (-S) that `site` is not to be imported? */
static bool no_site_asked;

/* The configuration of `python`: options, arguments and environment decide. No `site`: there is no installation. */
static PyStatus
configure_python(PyConfig *config, const struct bundle_start *start)
{
    config->site_import = 0;
    CHECK(set_paths(config, start->argv[0]));
    CHECK(PyConfig_SetBytesArgv(config, start->argc, start->argv));
    /* Another reads the command line for the search path: what was read already is lost in part when the interpreter reads
       again (-X warn_default_encoding: initconfig.c of 3.13, _PyConfig_Copy). */
    PyConfig read;
    PyConfig_InitPythonConfig(&read);
    PyStatus status = set_paths(&read, start->argv[0]);
    if (!PyStatus_Exception(status)) {
        status = PyConfig_SetBytesArgv(&read, start->argc, start->argv);
    }
    if (!PyStatus_Exception(status)) {
        status = PyConfig_Read(&read);
    }
    if (!PyStatus_Exception(status)) {
        no_site_asked = !read.site_import;
        status = add_search_paths(config, read.pythonpath_env);
    }
    PyConfig_Clear(&read);
    return status;
}

static PyStatus
initialize(const struct bundle_start *start)
{
    CHECK(preinitialize(start));
    bundle_prepare_frozen();
    if (PyImport_AppendInittab("_bundle", PyInit__bundle) < 0) {
        return PyStatus_NoMemory();
    }
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    config._init_main = 0;
    config.pathconfig_warnings = 0;
    PyStatus status =
        start->command == BUNDLE_RUN_PYTHON ? configure_python(&config, start) : configure_program(&config, start);
    if (PyStatus_Exception(status)) {
        goto done;
    }
    bundle_hold_collector();
    status = Py_InitializeFromConfig(&config);
    if (PyStatus_Exception(status)) {
        goto done;
    }
    compat_reserve_versions(bundle.options.version_end);
    if (bundle_install_importer() < 0 || bundle_replace_compilers() < 0) {
        PyErr_Print();
        status = PyStatus_Error("the importer could not be installed");
        goto done;
    }
    status = compat_initialize_main(&config);
    bundle_release_collector();
    if (!no_site_asked) {
        compat_claim_site();
    }
    if (start->command == BUNDLE_RUN_PYTHON && !PyStatus_Exception(status) && bundle_prepare_python() < 0) {
        PyErr_Print();
        status = PyStatus_Error("the importer could not be prepared");
    }

done:
    PyConfig_Clear(&config);
    return status;
}

/* --- The program -------------------------------------------------------------------------------------------- */

/* Run a frozen module as `__main__`; a new reference, or NULL with an exception set. `name` is that of `python -m`. */
static PyObject *
run_module(const struct bundle_module *program, const char *name)
{
    PyObject *main_module = PyImport_AddModule("__main__"); /* borrowed */
    PyObject *code = main_module ? bundle_module_code(program) : NULL;
    PyObject *file = code ? bundle_path_text(program->path) : NULL;
    PyObject *result = NULL;
    if (file) {
        PyObject *globals = PyModule_GetDict(main_module);
        if (PyDict_SetItemString(globals, "__file__", file) == 0
            && (!COMPAT_MODULES_HAVE_CACHED || PyDict_SetItemString(globals, "__cached__", Py_None) == 0)
            && bundle_prepare_main(name) == 0) {
            result = PyEval_EvalCode(code, globals, globals);
        }
    }
    Py_XDECREF(file);
    Py_XDECREF(code);
    return result;
}

/* As `python -c`. */
static PyObject *
run_text(const char *code)
{
    PyObject *main_module = PyImport_AddModule("__main__"); /* borrowed */
    PyObject *globals = main_module ? PyModule_GetDict(main_module) : NULL;
    return globals && bundle_prepare_main(NULL) == 0 ? PyRun_String(code, Py_file_input, globals, globals) : NULL;
}

/* Run what this start is for; returns the exit status as `python` has it. */
static int
run(const struct bundle_start *start, bool *interrupted)
{
    PyObject *result;
    if (!start->program) {
        result = run_text(start->code);
    }
    else if (start->command == BUNDLE_RUN_APP) {
        result = run_module(start->program, bundle.options.main_module);
    }
    else {
        result = run_module(start->program, start->command == BUNDLE_RUN_POOL ? start->program->name : NULL);
    }
    if (result) {
        Py_DECREF(result);
        return 0;
    }
    *interrupted = PyErr_ExceptionMatches(PyExc_KeyboardInterrupt);
    return bundle_status_of_exception();
}

/* Say why nothing runs; the exit status. */
static int
refuse(enum bundle_command command, int argc, char **argv)
{
    const char *what = command == BUNDLE_RUN_ENDLESS
                           ? "started by itself, over and over; the last time with:"
                           : "asked by itself to run as Python, which this program was not built for:";
    fprintf(stderr, "%s: %s", program_invocation_short_name, what);
    for (int i = 1; i < argc && i < 4; i++) {
        fprintf(stderr, " %.60s", argv[i]);
    }
    fputs("\nhint: a program that starts `sys.executable` with code, a module or a script needs `python-command = true`"
          " in `[tool.bundle]`\n", stderr);
    return 2;
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

/* The interpreter, out of memory in the wrong place, loops forever (ceval.c: an exception that cannot be stored). */
enum { LEAST_MEMORY = 16 << 20 };

/* Is there enough address space to start with? */
static bool
has_memory(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY) {
        return true;
    }
    void *probe = mmap(NULL, LEAST_MEMORY, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return probe != MAP_FAILED && munmap(probe, LEAST_MEMORY) == 0;
}

int
main(int argc, char **argv, char **environment)
{
    if (!has_memory()) {
        complain("not enough memory: the limit of the address space (`ulimit -v`) is too small");
        return 1;
    }
    if (bundle_images_start(argc, argv, environment) < 0) {
        complain(bundle_images_error());
        return 127;
    }
    const struct bundle_start start = bundle_read_command(argc, argv);
    if (start.command == BUNDLE_RUN_REFUSED || start.command == BUNDLE_RUN_ENDLESS) {
        return refuse(start.command, argc, argv);
    }
    PyStatus status = initialize(&start);
    if (PyStatus_Exception(status)) {
        if (PyStatus_IsExit(status)) {
            return status.exitcode;
        }
        Py_ExitStatusException(status);
    }
    if (start.command == BUNDLE_RUN_PYTHON && !start.program) {
        return Py_RunMain();
    }
    bool interrupted = false;
    int exit_status = bundle_end(run(&start, &interrupted));
    return interrupted ? end_by_interrupt() : exit_status;
}
