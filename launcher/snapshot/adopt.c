/* What of the interpreter's state belongs to one process: found when it is recorded, set when it is restored. Objects keep
   their identity, for modules hold them. */

#include "snapshot/adopt.h"

#include "compat/compat.h"

#include "executable/executable.h"
#include "interposed.h"
#include "lifetime.h"
#include "snapshot/alike.h"
#include "snapshot/askers.h"
#include "snapshot/generators.h"
#include "snapshot/statements.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STREAMS = 3 };

/* References, which are let go once they have served: nothing is to live longer than without a snapshot. */
PER_PROGRAM static struct {
    PyObject *globals; /* of `__main__` */
    bool is_ready;
    int jit; /* is the interpreter's compiler on? */
    PyThreadState *thread;
    PyObject *raw[STREAMS], *buffer[STREAMS], *text[STREAMS], *names[STREAMS];
    PyObject *environment;                  /* posix.environ, which os.environ is made of */
    PyObject *arguments[2];                 /* sys.argv, sys.orig_argv */
    PyObject *main_thread, *active_threads; /* of threading, if it is imported */
    PyObject *make_handle;
    PyObject *set_signal;
    PyObject *ignore;
    uint64_t usual_signals; /* those whose action is the interpreter's own */
} found;

static const char *const stream_names[STREAMS] = {"stdin", "stdout", "stderr"};

static int adopt_streams(const char *errors);
static int adopt_environment(void);

/* --- Before the recording ---------------------------------------------------------------------------------------------- */

/* An attribute (borrowed, somebody else holds it); NULL, with no exception set, where there is none. */
static PyObject *
attribute(PyObject *object, const char *name)
{
    PyObject *value = object ? PyObject_GetAttrString(object, name) : NULL;
    PyErr_Clear();
    Py_XDECREF(value);
    return value;
}

static PyObject *
module_named(const char *name)
{
    return PyDict_GetItemString(PyImport_GetModuleDict(), name);
}

/* The streams as the interpreter has made them. Where a program has others in their places, it has been noted who put them there. */
static int
find_streams(void)
{
    bundle_note_streams();
    for (int i = 0; i < STREAMS; i++) {
        char original[16], name[16];
        snprintf(original, sizeof original, "__%s__", stream_names[i]);
        snprintf(name, sizeof name, "<%s>", stream_names[i]);
        PyObject *stream = PySys_GetObject(original); /* borrowed */
        found.names[i] = PyUnicode_InternFromString(name);
        found.text[i] = Py_XNewRef(stream);
        found.buffer[i] = Py_XNewRef(attribute(stream, "buffer"));
        found.raw[i] = Py_XNewRef(attribute(found.buffer[i], "raw"));
        if (!found.raw[i]) {
            PyErr_Format(PyExc_RuntimeError, "sys.%s was replaced", original);
            return -1;
        }
    }
    return 0;
}

bool
bundle_streams_are_alone(void)
{
    for (int i = 1; i < STREAMS; i++) {
        /* By the layers above, and here; the text's layer knows both. */
        if (Py_REFCNT(found.buffer[i]) != 2 || Py_REFCNT(found.raw[i]) != 3) {
            return false;
        }
    }
    return true;
}

/* threading's object for the main thread becomes the one with these numbers. */
static int
set_main_thread(unsigned long ident, unsigned long native_id)
{
    PyObject *number = PyLong_FromUnsignedLong(ident);
    PyObject *handle = number && found.make_handle ? PyObject_CallOneArg(found.make_handle, number) : NULL;
    PyObject *native = PyLong_FromUnsignedLong(native_id);
    int status = number && native && (handle || !found.make_handle) ? 0 : -1;
    if (status == 0) {
        PyDict_Clear(found.active_threads);
        status = PyDict_SetItem(found.active_threads, number, found.main_thread);
        status |= PyObject_SetAttrString(found.main_thread, "_ident", number);
        status |= PyObject_SetAttrString(found.main_thread, "_native_id", native);
        status |= handle ? PyObject_SetAttrString(found.main_thread, "_handle", handle) : 0; /* since 3.13 */
    }
    Py_XDECREF(native);
    Py_XDECREF(handle);
    Py_XDECREF(number);
    return status;
}

static void
find_signals(void)
{
    PyObject *signals = module_named("_signal");
    found.set_signal = Py_XNewRef(attribute(signals, "signal"));
    found.ignore = Py_XNewRef(attribute(signals, "SIG_IGN"));
    PyObject *usual = attribute(signals, "default_int_handler");
    PyObject *unset = attribute(signals, "SIG_DFL");
    for (int i = 1; i <= BUNDLE_LAST_SIGNAL; i++) {
        PyObject *action = signals ? PyObject_CallMethod(signals, "getsignal", "i", i) : NULL;
        int is_usual = action && (action == usual || (unset && PyObject_RichCompareBool(action, unset, Py_EQ) == 1));
        found.usual_signals |= is_usual ? UINT64_C(1) << (i - 1) : 0;
        Py_XDECREF(action);
        PyErr_Clear();
    }
}

static int
import_quietly(const char *name, PyObject **module)
{
    bool was_there = module_named(name) != NULL;
    *module = PyImport_ImportModule(name);
    if (*module && !was_there) {
        PyDict_DelItemString(PyImport_GetModuleDict(), name);
    }
    return *module ? 0 : -1;
}

static int
forget_arguments(void)
{
    for (size_t i = 0; i < 2; i++) {
        PyObject *list = found.arguments[i];
        if (!list || !PyList_Check(list) || PyList_SetSlice(list, 0, PyList_GET_SIZE(list), NULL) < 0) {
            PyErr_SetString(PyExc_RuntimeError, "sys.argv was replaced");
            return -1;
        }
    }
    return 0;
}

/* Give the interpreter the names, arguments and variables that it has in every recording. */
static int
adopt_nothing(void)
{
    PyObject *own = PyUnicode_InternFromString("/");
    int status = own ? PySys_SetObject("executable", own) | PySys_SetObject("_base_executable", own) : -1;
    Py_XDECREF(own);
    if (status < 0 || !found.environment || !PyDict_Check(found.environment)) {
        PyErr_SetString(PyExc_RuntimeError, "posix.environ was replaced");
        return -1;
    }
    return forget_arguments() < 0 || adopt_streams("strict") < 0 || adopt_environment() < 0
               ? -1
               : compat_set_own_names("/", "/");
}

void
bundle_record_uncompiled(void)
{
    found.jit = compat_set_jit(0); /* its code lies in memory that is mapped without the right to run */
}

int
bundle_prepare_adoption(PyObject *globals, PyObject *again, bool is_ready)
{
    PyObject *signals, *posix;
    if (import_quietly("_signal", &signals) < 0 || import_quietly("posix", &posix) < 0 || find_streams() < 0) {
        return -1;
    }
    found.globals = Py_NewRef(globals);
    found.is_ready = is_ready;
    found.thread = PyThreadState_Get();
    found.environment = Py_XNewRef(attribute(posix, "environ"));
    found.arguments[0] = Py_XNewRef(PySys_GetObject("argv"));
    found.arguments[1] = Py_XNewRef(PySys_GetObject("orig_argv"));
    PyObject *threading = module_named("threading");
    found.main_thread = Py_XNewRef(attribute(threading, "_main_thread"));
    found.active_threads = Py_XNewRef(attribute(threading, "_active"));
    found.make_handle = Py_XNewRef(attribute(module_named("_thread"), "_make_thread_handle"));
    find_signals();
    Py_DECREF(signals);
    Py_DECREF(posix);
    /* Whatever is run again may ask for the thread that runs it: that keeps its number until then. */
    if (adopt_nothing() < 0 || bundle_prepare_statements(again) < 0
        || (found.main_thread && set_main_thread(1, 1) < 0)) {
        return -1;
    }
    PyDict_Clear(found.environment);
    bundle_note_recorded_objects();
    compat_forget_process(found.thread);
    compat_forget_collections();
    return 0;
}

/* --- The locale ------------------------------------------------------------------------------------------------------------ */

static bool
is_legacy(const char *locale)
{
    return strcmp(locale, "C") == 0 || strcmp(locale, "POSIX") == 0;
}

/* PEP 538 (pylifecycle.c, _Py_CoerceLegacyLocale): another locale for the C locale, for this process and its children. It becomes
   that of LC_CTYPE; NULL if there is none. */
static const char *
find_target(void)
{
    static const char *const targets[] = {"C.UTF-8", "C.utf8", "UTF-8"};
    const char *override = __real_getenv("LC_ALL");
    bool may_be = !override || !*override;
    for (size_t i = 0; may_be && i < sizeof targets / sizeof *targets; i++) {
        if (__real_setlocale(LC_CTYPE, targets[i]) && *__real_nl_langinfo(CODESET)) {
            return targets[i];
        }
    }
    __real_setlocale(LC_CTYPE, "C");
    return NULL;
}

/* Was the process started in the C locale? Then the interpreter is in UTF-8 mode (PEP 540). */
PER_PROCESS static bool was_legacy;
PER_PROCESS static const char *target;

bool
bundle_locale_fits(bool asks_codeset)
{
    const char *locale = __real_setlocale(LC_CTYPE, "");
    if (!locale) {
        return false; /* the environment names one that is not there */
    }
    was_legacy = is_legacy(locale);
    if (was_legacy) {
        target = find_target();
        return target || !asks_codeset;
    }
    return strcmp(__real_nl_langinfo(CODESET), "UTF-8") == 0;
}

bool
bundle_coerces_locale(void)
{
    return target;
}

void
bundle_coerce_locale(void)
{
    if (target) {
        setenv("LC_CTYPE", target, 1);
        __real_setlocale(LC_ALL, "");
    }
}

void
bundle_leave_locale(void)
{
    __real_setlocale(LC_CTYPE, "C"); /* as every process begins */
}

/* --- After mapping ------------------------------------------------------------------------------------------------------------ */

static void
adopt_locale(void)
{
    if (was_legacy) {
        _PyRuntime.preconfig.utf8_mode = 1;
        compat_set_flag("utf8_mode", 1);
    }
}

/* pylifecycle.c, config_get_locale_encoding and get_default_standard_stream_error_handler. UTF-8 mode, which 3.15 is always in,
   is lenient whatever the locale (initconfig.c, config_init_stdio_encoding). */
static const char *
stream_errors(void)
{
    const char *locale = __real_setlocale(LC_CTYPE, NULL);
    bool is_lenient = _PyRuntime.preconfig.utf8_mode || is_legacy(locale) || strcmp(locale, "C.UTF-8") == 0
                      || strcmp(locale, "C.utf8") == 0 || strcmp(locale, "UTF-8") == 0;
    return is_lenient ? "surrogateescape" : "strict";
}

/* Is a variable set that is no more than a switch? */
static bool
is_switched_on(const char *name)
{
    const char *value = __real_getenv(name);
    return value && *value;
}

/* PYTHONUNBUFFERED: text is written at once, and there is no layer between it and the file. */
PER_PROCESS static bool is_unbuffered;

static int
adopt_unbuffered(int fd, const char *errors)
{
    PyObject *done = PyObject_CallMethod(found.buffer[fd], "detach", NULL);
    Py_XDECREF(done);
    done = done ? PyObject_CallMethod(found.text[fd], "__init__", "OsssOO", found.raw[fd], "utf-8",
                                      fd == 2 ? "backslashreplace" : errors, "\n", Py_False, Py_True)
                : NULL;
    Py_XDECREF(done);
    return done ? 0 : -1;
}

/* PYTHONFAULTHANDLER (faulthandler.c, _PyFaulthandler_Init). */
static int
enable_faulthandler(void)
{
    PyObject *module = PyImport_ImportModule("faulthandler");
    PyObject *done = module ? PyObject_CallMethod(module, "enable", NULL) : NULL;
    Py_XDECREF(done);
    Py_XDECREF(module);
    return done ? 0 : -1;
}

/* pylifecycle.c, create_stdio: the same three objects are initialised again. */
static int
adopt_stream(int fd, const char *errors)
{
    compat_forget_seekable(found.raw[fd]);
    PyObject *done = PyObject_CallMethod(found.raw[fd], "__init__", "isOO", fd, fd ? "wb" : "rb", Py_False, Py_None);
    if (!done || PyObject_SetAttrString(found.raw[fd], "name", found.names[fd]) < 0) {
        return -1;
    }
    Py_DECREF(done);
    if (fd && is_unbuffered) {
        return adopt_unbuffered(fd, errors);
    }
    PyObject *block = PyObject_GetAttrString(found.raw[fd], "_blksize");
    Py_ssize_t size = block ? PyLong_AsSsize_t(block) : -1;
    Py_XDECREF(block);
    done = size > 0 ? PyObject_CallMethod(found.buffer[fd], "__init__", "On", found.raw[fd], compat_buffer_size(size))
                    : NULL;
    if (!done) {
        return -1;
    }
    Py_DECREF(done);
    bool by_lines = fd == 2 || isatty(fd);
    done = PyObject_CallMethod(found.text[fd], "__init__", "OsssOO", found.buffer[fd], "utf-8",
                               fd == 2 ? "backslashreplace" : errors, "\n", by_lines ? Py_True : Py_False, Py_False);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

static int
adopt_streams(const char *errors)
{
    for (int fd = 0; fd < STREAMS; fd++) {
        if (adopt_stream(fd, errors) < 0) {
            return -1;
        }
    }
    return 0;
}

/* posixmodule.c, convertenviron: the first of equal names wins. */
static int
adopt_environment(void)
{
    PyDict_Clear(found.environment);
    for (char **variable = environ; variable && *variable; variable++) {
        const char *equals = strchr(*variable, '=');
        if (!equals) {
            continue;
        }
        PyObject *name = PyBytes_FromStringAndSize(*variable, equals - *variable);
        PyObject *value = name ? PyBytes_FromString(equals + 1) : NULL;
        PyObject *kept = value ? PyDict_SetDefault(found.environment, name, value) : NULL;
        Py_XDECREF(name);
        Py_XDECREF(value);
        if (!kept) {
            return -1;
        }
    }
    return 0;
}

static int
adopt_arguments(const struct bundle_start *start)
{
    for (int i = 0; i < start->argc; i++) {
        PyObject *word = PyUnicode_DecodeFSDefault(start->argv[i]);
        if (!word || PyList_Append(found.arguments[0], word) < 0 || PyList_Append(found.arguments[1], word) < 0) {
            Py_XDECREF(word);
            return -1;
        }
        Py_DECREF(word);
    }
    const char *path = bundle_own_path(start->argv[0]);
    PyObject *own = PyUnicode_DecodeFSDefault(path);
    int status = own ? PySys_SetObject("executable", own) | PySys_SetObject("_base_executable", own) : -1;
    Py_XDECREF(own);
    return status == 0 ? compat_set_own_names(start->argv[0], path) : -1;
}

static int
ignore_signal(int number)
{
    PyObject *before = PyObject_CallFunction(found.set_signal, "iO", number, found.ignore);
    Py_XDECREF(before);
    return before ? 0 : -1;
}

/* What is ignored when the process starts stays ignored, unless the program has an action of its own (signalmodule.c,
   signal_install_handlers). */
static int
adopt_signals(void)
{
    const struct bundle_snapshot *snapshot = bundle.snapshot;
    uint64_t ignored = 0;
    for (int i = 1; i <= BUNDLE_LAST_SIGNAL; i++) {
        struct sigaction now;
        if (sigaction(i, NULL, &now) == 0 && now.sa_handler == SIG_IGN) {
            ignored |= UINT64_C(1) << (i - 1);
        }
    }
    ignored &= found.usual_signals;
    for (uint64_t i = 0; i < snapshot->signal_count; i++) {
        const struct bundle_signal *signal = &snapshot->signals[i];
        struct sigaction action = {.sa_handler = (void (*)(int))signal->handler, .sa_flags = (int)signal->flags};
        memcpy(&action.sa_mask, &signal->mask, sizeof signal->mask);
        if (!(ignored & UINT64_C(1) << (signal->number - 1))) {
            sigaction((int)signal->number, &action, NULL);
        }
    }
    for (int i = 1; i <= BUNDLE_LAST_SIGNAL; i++) {
        if (ignored & UINT64_C(1) << (i - 1) && ignore_signal(i) < 0) {
            return -1;
        }
    }
    return 0;
}

static void
forget_references(void)
{
    PyObject **single[] = {&found.globals,      &found.environment, &found.arguments[0],
                           &found.arguments[1], &found.main_thread, &found.active_threads,
                           &found.make_handle,  &found.set_signal,  &found.ignore};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) {
        Py_CLEAR(*single[i]);
    }
    for (size_t i = 0; i < STREAMS; i++) {
        Py_CLEAR(found.names[i]);
        Py_CLEAR(found.raw[i]);
        Py_CLEAR(found.buffer[i]);
        Py_CLEAR(found.text[i]);
    }
}

int
bundle_try_start(PyObject *again)
{
    char *arguments[BUNDLE_MOST_ARGUMENTS + 1];
    int count = bundle_fill_arguments(bundle.snapshot->request->restored, arguments);
    const struct bundle_start start = {.argc = count, .argv = arguments};
    found.environment = Py_XNewRef(attribute(module_named("posix"), "environ"));
    found.arguments[0] = Py_XNewRef(PySys_GetObject("argv"));
    found.arguments[1] = Py_XNewRef(PySys_GetObject("orig_argv"));
    int status = find_streams() < 0 || forget_arguments() < 0 || adopt_environment() < 0 || adopt_arguments(&start) < 0
                         || adopt_streams(stream_errors()) < 0 || bundle_try_statements(again) < 0
                     ? -1
                     : 0;
    forget_references();
    return status;
}

PyObject *
bundle_adopt(const struct bundle_start *start, bool *is_ready)
{
    unsigned long native_id = PyThread_get_thread_native_id();
    compat_find_stack(found.thread);
    compat_set_jit(found.jit);
    found.thread->native_thread_id = native_id;
    adopt_locale();
    if ((found.main_thread && set_main_thread(PyThread_get_thread_ident(), native_id) < 0) || adopt_signals() < 0
        || adopt_environment() < 0 || adopt_arguments(start) < 0) {
        return NULL;
    }
    *is_ready = found.is_ready;
    is_unbuffered = is_switched_on("PYTHONUNBUFFERED");
    if (is_switched_on("PYTHONFAULTHANDLER") && enable_faulthandler() < 0) {
        return NULL;
    }
    if (bundle_traces("late")) {
        compat_time_imports();
    }
    PyObject *globals = adopt_streams(stream_errors()) == 0 && bundle_seed_generators(bundle.snapshot) == 0
                                && bundle_run_statements() == 0
                            ? found.globals
                            : NULL;
    forget_references();
    return globals; /* held by the module */
}
