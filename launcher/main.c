/* The program's front door. A start has five phases: command, configuration, runtime, program, end. */

#include "executable/executable.h"
#include "interposed.h"
#include "interpreter/interpreter.h"
#include "loader/loader.h"
#include "process/process.h"
#include "recording.h"
#include "snapshot/snapshot.h"

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
    if (__real_getrlimit(RLIMIT_AS, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY) {
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
        if (bundle_is_recording()) {
            bundle_record_stack();
        }
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
    if (bundle_is_recording() && !PyStatus_Exception(status)) {
        bundle_record_uncompiled();
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

/* Make `__main__` what it is before any of the program's code runs: its namespace (borrowed), or NULL with an exception set.
   `name` is that of `python -m`. */
static PyObject *
prepare_module(const struct bundle_module *program, const char *name)
{
    PyObject *main_module = PyImport_AddModule("__main__"); /* borrowed */
    PyObject *file = main_module ? bundle_path_text(program->path) : NULL;
    PyObject *globals = file ? PyModule_GetDict(main_module) : NULL;
    bool is_ready = globals && PyDict_SetItemString(globals, "__file__", file) == 0
                    && (!COMPAT_MODULES_HAVE_CACHED || PyDict_SetItemString(globals, "__cached__", Py_None) == 0)
                    && bundle_prepare_main(name) == 0;
    Py_XDECREF(file);
    return is_ready ? globals : NULL;
}

/* Import what comes before `__main__`: modules of hooks, and the package that a dotted name lies in. `python -m` imports that
 * before the module runs (Lib/runpy.py of CPython 3.13, _get_module_details), also where it imports nothing of it. -1 with
 * an exception set on failure.
 */
static int
import_first(const char *name)
{
    if (bundle_run_hooks() < 0) {
        return -1;
    }
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

/* Run a frozen module in the namespace of `__main__`; a new reference, or NULL with an exception set. */
static PyObject *
run_module(const struct bundle_module *program, PyObject *globals)
{
    PyObject *code = globals ? bundle_module_code(program) : NULL;
    PyObject *result = code ? PyEval_EvalCode(code, globals, globals) : NULL;
    Py_XDECREF(code);
    return result;
}

/* As `python -c`. */
static PyObject *
run_text(const char *code)
{
    PyObject *main_module = PyImport_AddModule("__main__"); /* borrowed */
    PyObject *globals = main_module ? PyModule_GetDict(main_module) : NULL;
    return globals && bundle_prepare_main(NULL) == 0 && bundle_run_hooks() == 0
               ? PyRun_String(code, Py_file_input, globals, globals)
               : NULL;
}

/* What `python -m` would run; NULL for a script. */
static const char *
module_name(const struct bundle_start *start)
{
    if (start->command == BUNDLE_RUN_APP) {
        return bundle.options.main_module;
    }
    return start->command == BUNDLE_RUN_POOL ? start->program->name : NULL;
}

/* How far a start has come. */
struct progress {
    PyObject *globals; /* the namespace of `__main__` (borrowed), once it is prepared */
    bool is_ready;     /* what comes before `__main__` was imported */
};

/* Run the module that this start is for; a new reference, or NULL with an exception set. */
static PyObject *
run_program(const struct bundle_start *start, struct progress progress)
{
    const char *name = module_name(start);
    PyObject *globals = progress.globals ? progress.globals : prepare_module(start->program, name);
    bool is_ready = globals && (progress.is_ready || import_first(name) == 0);
    return is_ready ? run_module(start->program, globals) : NULL;
}

/* Run what this start is for. Returns the exit status as `python` has it. */
static int
run(const struct bundle_start *start, struct progress progress, bool *interrupted)
{
    PyObject *result = start->program ? run_program(start, progress) : run_text(start->code);
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

/* End the interpreter, and say with which status the process ends. */
static int
end(int status, bool interrupted)
{
    status = bundle_end(status);
    return interrupted ? end_by_interrupt() : status;
}

/* A start that goes on where the build has stopped. */
static int
run_restored(const struct bundle_start *start)
{
    bool interrupted = false;
    struct progress progress;
    progress.globals = bundle_adopt(start, &progress.is_ready);
    if (!progress.globals) {
        bundle_begin_anew(start);
    }
    int status = progress.globals ? run(start, progress, &interrupted) : bundle_status_of_exception();
    return end(status, interrupted);
}

/* Run what a snapshot is to hold. */
_Noreturn static void
record_program(const struct bundle_start *start)
{
    const char *name = module_name(start);
    PyObject *globals = bundle_begin_recording(prepare_module(start->program, name));
    bundle_end_recording(!bundle_records_all() || import_first(name) == 0 ? globals : NULL);
}

/* A part of `main`, in whose frame debuggers look for a program's end. */
__attribute__((always_inline)) static inline int
start_program(int argc, char **argv, char **environment)
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
    if (bundle_is_recording()) {
        bundle_record_allocations();
    }
    else if (bundle_restore(&start)) {
        return run_restored(&start);
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
    if (bundle_is_recording()) {
        record_program(&start);
    }
    bool interrupted = false;
    int exit_status = run(&start, (struct progress){0}, &interrupted);
    return end(exit_status, interrupted);
}

int
main(int argc, char **argv, char **environment)
{
    if (bundle_is_recording()) {
        bundle_start_recording(start_program);
    }
    return start_program(argc, argv, environment);
}
