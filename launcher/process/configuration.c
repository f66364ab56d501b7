/* How the interpreter is configured: for the program, and for a start as `python`. */

#include "process/process.h"

#include "executable/executable.h"
#include "interposed.h"
#include "interpreter/interpreter.h"
#include "recording.h"

#include <sys/auxv.h>
#include <unistd.h>

#define CHECK(call) \
    do { \
        PyStatus status_ = (call); \
        if (PyStatus_Exception(status_)) { \
            return status_; \
        } \
    } while (0)

/* The value of a -X option that the binary was built with, "" for one without a value; NULL when there is none. */
static const char *
x_option(const char *option)
{
    size_t length = strlen(option);
    for (const char *const *each = bundle.options.x_options; each && *each; each++) {
        if (strncmp(*each, option, length) == 0 && (*each)[length] == '\0') {
            return "";
        }
        if (strncmp(*each, option, length) == 0 && (*each)[length] == '=') {
            return *each + length + 1;
        }
    }
    return NULL;
}

/* As `python` without options: the locale decides the encoding, with PEP 538 and PEP 540 for the C locale. Only the
   environment is left out, unless this is to be `python`. */
static PyStatus
preconfigure(const struct bundle_start *start)
{
    PyPreConfig config;
    PyPreConfig_InitPythonConfig(&config);
    const char *utf8 = x_option("utf8");
    if (bundle.options.utf8_mode || (utf8 && strcmp(utf8, "0") != 0)) {
        config.utf8_mode = 1;
    }
    if (x_option("dev")) {
        config.dev_mode = 1;
    }
    if (start->command == BUNDLE_RUN_PYTHON) {
        return Py_PreInitializeFromBytesArgs(&config, start->argc, start->argv);
    }
    config.isolated = 1;
    config.use_environment = 0;
    config.parse_argv = 0;
    return Py_PreInitialize(&config);
}

bool
bundle_traces(const char *what)
{
    const char *rest = __real_getauxval(AT_SECURE) ? NULL : __real_getenv("BUNDLE_TRACE");
    size_t length = strlen(what);
    while (rest) {
        size_t word = strcspn(rest, ",");
        if (word == length && strncmp(rest, what, length) == 0) {
            return true;
        }
        rest = rest[word] ? rest + word + 1 : NULL;
    }
    return false;
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

static PyStatus
set_paths(PyConfig *config, const char *argv0)
{
    const char *executable = bundle_own_path(argv0);
    CHECK(PyConfig_SetBytesString(config, &config->program_name, argv0));
    CHECK(PyConfig_SetBytesString(config, &config->executable, executable));
    CHECK(PyConfig_SetBytesString(config, &config->base_executable, executable));
    wchar_t *const *unset[] = {&config->prefix, &config->exec_prefix, &config->base_prefix, &config->base_exec_prefix,
                               &config->stdlib_dir};
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
    if (bundle_traces("imports")) {
        config->import_time = 1;
    }
    if (bundle_is_recording()) {
        config->use_hash_seed = 1;
        config->hash_seed = bundle.snapshot->request->hash_seed;
    }
    CHECK(set_warnings(config));
    CHECK(append_texts(&config->xoptions, bundle.options.x_options));
    /* Those that CPython reads on the command line only (preconfig.c, initconfig.c): as values of the configuration. */
    config->dev_mode = x_option("dev") != NULL;
    config->warn_default_encoding = x_option("warn_default_encoding") != NULL;
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

/* The configuration of `python`: options, arguments and environment decide. No `site`: there is no installation. */
static PyStatus
configure_python(PyConfig *config, const struct bundle_start *start, bool *without_site)
{
    config->site_import = 0;
    CHECK(set_paths(config, start->argv[0]));
    CHECK(PyConfig_SetBytesArgv(config, start->argc, start->argv));
    /* A second configuration is read for PYTHONPATH and -S. Reading `config` itself would lose -X warn_default_encoding when
       the interpreter reads it again (initconfig.c of 3.13, _PyConfig_Copy). */
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
        *without_site = !read.site_import;
        status = add_search_paths(config, read.pythonpath_env);
    }
    PyConfig_Clear(&read);
    return status;
}

PyStatus
bundle_configure(const struct bundle_start *start, struct bundle_configuration *configuration)
{
    CHECK(preconfigure(start));
    bundle_prepare_frozen();
    if (PyImport_AppendInittab("_bundle", PyInit__bundle) < 0) {
        return PyStatus_NoMemory();
    }
    PyConfig *config = &configuration->python;
    PyConfig_InitPythonConfig(config);
    config->_init_main = 0; /* the importer comes between the core and what that imports */
    config->pathconfig_warnings = 0;
    configuration->is_without_site = false;
    PyStatus status = start->command == BUNDLE_RUN_PYTHON
                          ? configure_python(config, start, &configuration->is_without_site)
                          : configure_program(config, start);
    if (PyStatus_Exception(status)) {
        PyConfig_Clear(config);
    }
    return status;
}
