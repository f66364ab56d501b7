/* The program's front door. A start has five phases: command, configuration, runtime, program, end. */

#include "interpreter/interpreter.h"
#include "loader/loader.h"
#include "process/process.h"

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

/* --- Command ------------------------------------------------------------------------------------------------ */

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
          " in `[tool.bundle]`\n",
          stderr);
    return 2;
}

/* --- Runtime ------------------------------------------------------------------------------------------------ */

/* Start a configured interpreter, with the importer between its core and all that it imports. Takes the configuration. */
static PyStatus
start_interpreter(PyConfig *config)
{
    bundle_hold_collector();
    PyStatus status = Py_InitializeFromConfig(config);
    if (!PyStatus_Exception(status)) {
        compat_reserve_versions(bundle.options.version_end);
        if (bundle_install_importer() < 0 || bundle_replace_compilers() < 0) {
            PyErr_Print();
            status = PyStatus_Error("the importer could not be installed");
        }
    }
    if (!PyStatus_Exception(status)) {
        status = compat_initialize_main(config);
        bundle_release_collector();
    }
    PyConfig_Clear(config);
    return status;
}

/* The same, up to where the program's own code would run. */
static PyStatus
start_runtime(const struct bundle_start *start, struct bundle_configuration *configuration)
{
    PyStatus status = start_interpreter(&configuration->python);
    if (PyStatus_Exception(status)) {
        return status;
    }
    if (!configuration->is_without_site) {
        compat_claim_site();
    }
    if (start->command == BUNDLE_RUN_PYTHON && bundle_prepare_python() < 0) {
        PyErr_Print();
        return PyStatus_Error("the importer could not be prepared");
    }
    return status;
}

/* --- Program ------------------------------------------------------------------------------------------------ */

/* Import the package that a dotted name lies in. `python -m` does so before the module runs (Lib/runpy.py of CPython 3.13,
 * _get_module_details), also where that imports nothing of it. -1 with an exception set on failure.
 */
static int
import_parent(const char *name)
{
    const char *last_dot = name ? strrchr(name, '.') : NULL;
    if (!last_dot) {
        return 0;
    }
    PyObject *package = PyUnicode_FromStringAndSize(name, last_dot - name);
    PyObject *module = package ? PyImport_Import(package) : NULL;
    int status = module ? 0 : -1;
    Py_XDECREF(module);
    Py_XDECREF(package);
    return status;
}

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
            && bundle_prepare_main(name) == 0 && import_parent(name) == 0) {
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

/* Run what this start is for. Returns the exit status as `python` has it. */
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

/* --- End ---------------------------------------------------------------------------------------------------- */

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
    if (!has_memory()) {
        complain("not enough memory: the limit of the address space (`ulimit -v`) is too small");
        return 1;
    }
    if (bundle_start_loader(argc, argv, environment) < 0) {
        complain(bundle_loader_error());
        return 127;
    }

    /* Command: what is this start for? */
    const struct bundle_start start = bundle_read_command(argc, argv);
    if (start.command == BUNDLE_RUN_REFUSED || start.command == BUNDLE_RUN_ENDLESS) {
        return refuse(start.command, argc, argv);
    }

    /* Configuration: by the build, the command line and the environment. */
    struct bundle_configuration configuration;
    PyStatus status = bundle_configure(&start, &configuration);

    /* Runtime: an interpreter that can import, and has run nothing of the program. */
    if (!PyStatus_Exception(status)) {
        status = start_runtime(&start, &configuration);
    }
    if (PyStatus_IsExit(status)) {
        return status.exitcode;
    }
    if (PyStatus_Exception(status)) {
        Py_ExitStatusException(status);
    }

    /* Program: what follows is all that a start which finds its runtime ready would do. */
    if (start.command == BUNDLE_RUN_PYTHON && !start.program) {
        return Py_RunMain();
    }
    bool interrupted = false;
    int exit_status = run(&start, &interrupted);

    /* End. */
    exit_status = bundle_end(exit_status);
    return interrupted ? end_by_interrupt() : exit_status;
}
