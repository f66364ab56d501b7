/* Recording: a run of the executable up to where the program's own code begins, and writing its memory.

   The build has written its request into a copy of the executable (bundle.h); nothing in the environment makes a program
   record. What differs between two machines, or two starts, is answered alike (world/), and the run has a stack of its own
   at a fixed address, so that what is left of it in padding is the same each time. */

#include "snapshot/adopt.h"

#include "executable/executable.h"
#include "interposed.h"
#include "interpreter/interpreter.h"
#include "lifetime.h"
#include "loader/loader.h"
#include "snapshot/called.h"
#include "snapshot/generators.h"
#include "snapshot/library.h"
#include "snapshot/output.h"
#include "snapshot/snapshot.h"
#include "snapshot/statements.h"
#include "world/world.h"

#include <fcntl.h>
#include <link.h>
#include <locale.h>
#include <marshal.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

enum { LAST_SIGNAL = 64 };

/* --- A process that is like every other ---------------------------------------------------------------------------- */

PER_PROCESS static int (*to_run)(int, char **, char **);
PER_PROCESS static ucontext_t context;
PER_PROCESS static char *arguments[2];

/* What the ranges held before the interpreter was there, in memory of its own. */
PER_PROCESS static void **before;

static void *
room(uint64_t size)
{
    void *pages =
        __real_mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) {
        _exit(3);
    }
    return pages;
}

static void
note_what_was_there(void)
{
    const struct bundle_request *request = bundle.snapshot->request;
    before = room(request->range_count * sizeof *before);
    for (uint64_t i = 0; i < request->range_count; i++) {
        before[i] = room(request->ranges[i].size);
        memcpy(before[i], (void *)request->ranges[i].address, request->ranges[i].size);
    }
}

static void
usual_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    __real_sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 1; i <= LAST_SIGNAL; i++) {
        signal(i, SIG_DFL);
    }
}

static int
count_threads(void)
{
    char line[256];
    int threads = 0;
    FILE *status = __real_fopen("/proc/self/status", "r");
    while (status && fgets(line, sizeof line, status)) {
        sscanf(line, "Threads: %d", &threads);
    }
    if (status) {
        fclose(status);
    }
    return threads;
}

/* An emulator has a thread and descriptors of its own. */
PER_PROCESS static int first_threads;
PER_PROCESS static bool *was_open;

static void
note_what_is_open(void)
{
    first_threads = count_threads();
    was_open = room(FIRST_FREE * sizeof *was_open);
    for (int fd = 3; fd < FIRST_FREE; fd++) {
        was_open[fd] = fcntl(fd, F_GETFD) >= 0;
    }
}

/* Let the C library's own heap lie elsewhere in each recording, also where the kernel does not see to that (an emulator): who keeps
   an address of it is found by that. */
static void
shift_heap(void)
{
    const unsigned char *chance = (const unsigned char *)__real_getauxval(AT_RANDOM);
    size_t units = chance ? (size_t)(chance[0] & 15) << 8 | chance[1] : 0;
    void *volatile lost = __real_malloc(16 * (units + 1));
    (void)lost;
}

/* Arguments and variables, in memory that is not recorded, as the kernel's is not; programs may write to them. */
static void
run_alone(void)
{
    const struct bundle_request *request = bundle.snapshot->request;
    arguments[0] = __real_strdup(request->own_path);
    size_t count = 0;
    while (request->environment[count]) {
        count++;
    }
    char **variables = room((count + 1) * sizeof *variables);
    for (size_t i = 0; i < count; i++) {
        variables[i] = __real_strdup(request->environment[i]);
    }
    environ = variables;
    exit(to_run(1, arguments, variables));
}

/* The executable comes first. */
static int
hide_in_executable(struct dl_phdr_info *info, size_t size, void *unused)
{
    (void)size;
    (void)unused;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type == PT_LOAD && segment->p_flags & PF_X) {
            bundle_hide_processor(info->dlpi_addr + segment->p_vaddr, segment->p_memsz, PROT_READ | PROT_EXEC);
        }
    }
    return 1;
}

void
bundle_start_recording(int (*run)(int, char **, char **))
{
    bool has_output = bundle_open_output((int)bundle.snapshot->request->output);
    note_what_is_open();
    shift_heap();
    usual_signals();
    bundle_own_signal_stack();
    bundle_answer_for_processor();
    __real_dl_iterate_phdr(hide_in_executable, NULL);
    if (!has_output || __real_chdir("/") < 0) {
        _exit(3);
    }
    to_run = run;
    getcontext(&context);
    context.uc_stack.ss_size = BUNDLE_STACK_SIZE;
    context.uc_stack.ss_sp = __real_mmap((void *)BUNDLE_STACK, BUNDLE_STACK_SIZE, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    if (context.uc_stack.ss_sp != (void *)BUNDLE_STACK) {
        bundle_give_up("no room for a stack");
    }
    makecontext(&context, run_alone, 0);
    setcontext(&context);
    _exit(3);
}

/* --- The interpreter's memory ----------------------------------------------------------------------------------------- */

PER_PROCESS static PyMemAllocatorEx usual_allocators[2];
static const PyMemAllocatorDomain domains[] = {PYMEM_DOMAIN_MEM, PYMEM_DOMAIN_OBJ};

/* Small objects come from the region one by one, in the order in which they are made, and pymalloc stays as new: in a
   restored process it passes a block that it does not know on to `free`, which knows it by its address (obmalloc.c,
   _PyObject_Free). */
void
bundle_record_allocations(void)
{
    note_what_was_there();
    bundle_note_calls();
    PyMemAllocatorEx raw;
    PyMem_GetAllocator(PYMEM_DOMAIN_RAW, &raw);
    for (size_t i = 0; i < 2; i++) {
        PyMem_GetAllocator(domains[i], &usual_allocators[i]);
        PyMem_SetAllocator(domains[i], &raw);
    }
}

void
bundle_record_stack(void)
{
    compat_set_stack(PyThreadState_Get(), BUNDLE_STACK, BUNDLE_STACK_SIZE);
}

static void
usual_allocations(void)
{
    for (size_t i = 0; i < 2; i++) {
        PyMem_SetAllocator(domains[i], &usual_allocators[i]);
    }
}

/* --- Who asks ------------------------------------------------------------------------------------------------------- */

PER_PROCESS static uint32_t owners;
PER_PROCESS static PyObject *load_module; /* of importlib, or what stands in its place */
PER_PROCESS static PyObject *bootstrap;

/* Hand what was printed on to the C library: it belongs to the module that runs. */
static void
flush_streams(void)
{
    static const char *const names[] = {"stdout", "stderr"};
    for (size_t i = 0; i < 2; i++) {
        PyObject *stream = PySys_GetObject(names[i]);
        PyObject *result = stream && stream != Py_None ? PyObject_CallMethod(stream, "flush", NULL) : NULL;
        Py_XDECREF(result);
        PyErr_Clear();
    }
    fflush(NULL);
}

PER_PROCESS static PyThreadState *thread;

/* The module that is imported: its number, and the path that its code says it has. */
struct running {
    uint32_t owner;
    const char *path;
};

PER_PROCESS static const char *running_path;

/* Does code of this file ask for itself? These ask for others: the interpreter's own, and the recorder's. */
static bool
asks_for_itself(const char *path)
{
    static const char *const others[] = {"/os.py", "/posixpath.py", "/genericpath.py", "/_collections_abc.py"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        size_t end = strlen(others[i]);
        if (length >= end && strcmp(path + length - end, others[i]) == 0) {
            return false;
        }
    }
    return *path != '<';
}

static struct bundle_place
place(void)
{
    const char *path = compat_running_path(thread, asks_for_itself);
    bool is_ours = path && strncmp(path, BUNDLE_ROOT "/", sizeof BUNDLE_ROOT) == 0;
    return (struct bundle_place){compat_module_line(thread, running_path), is_ours ? path + sizeof BUNDLE_ROOT : NULL};
}

/* The generator behind the functions of `random`: if its state is another, the module that runs has drawn from it, or seeded it. */
static void
note_drawn(void)
{
    PER_PROCESS static uint64_t before;
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    uint64_t now = bundle_shared_state();
    PyErr_Restore(type, value, traceback);
    if (before && now != before) {
        bundle_note("drawn", NULL);
    }
    before = now;
}

/* If `sys.argv` is another list, the module that runs has put it there. */
static void
note_arguments(void)
{
    PER_PROCESS static PyObject *before;
    PyObject *now = PySys_GetObject("argv"); /* borrowed */
    if (before && now != before) {
        bundle_note("arguments", "set");
    }
    before = now;
}

/* The module that ran before. */
static struct running
begin_module(const char *name)
{
    note_drawn();
    note_arguments();
    bundle_note("begin", name);
    bool is_steady = false;
    for (const char *const *each = bundle.snapshot->request->steady; each && *each; each++) {
        is_steady |= strcmp(*each, name) == 0;
    }
    bundle_begin_period();
    const struct bundle_module *module = bundle_find_module(name);
    struct running before = {bundle_set_owner(++owners | (is_steady ? BUNDLE_STEADY : 0)), running_path};
    running_path = module ? module->path : NULL;
    return before;
}

static void
end_module(struct running before, const char *name)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    flush_streams();
    note_drawn();
    note_arguments();
    PyErr_Restore(type, value, traceback);
    bundle_set_owner(before.owner);
    running_path = before.path;
    bundle_note(type ? "fail" : "end", name);
    bundle_begin_period();
}

static void watch_modules(void);

/* In place of importlib._bootstrap._load_unlocked(spec). */
static PyObject *
load_noted(PyObject *self, PyObject *spec)
{
    (void)self;
    PyObject *name = PyObject_GetAttrString(spec, "name");
    const char *text = name ? PyUnicode_AsUTF8(name) : NULL;
    PyObject *module = NULL;
    if (text) {
        struct running before = begin_module(text);
        module = PyObject_CallOneArg(load_module, spec);
        end_module(before, text);
        if (module) {
            watch_modules();
        }
    }
    Py_XDECREF(name);
    return module;
}

PyDoc_STRVAR(note_doc, "note(kind, detail): note a question or an effect");

static PyObject *
note_py(PyObject *self, PyObject *args)
{
    (void)self;
    const char *kind, *detail;
    if (!PyArg_ParseTuple(args, "sz", &kind, &detail)) {
        return NULL;
    }
    bundle_note(kind, detail);
    Py_RETURN_NONE;
}

PyDoc_STRVAR(retype_doc, "retype(object, type): make an object one of a type with the same layout");

static PyObject *
retype_py(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *object, *type;
    if (!PyArg_ParseTuple(args, "OO!", &object, &PyType_Type, &type)) {
        return NULL;
    }
    if (Py_TYPE(object)->tp_basicsize != ((PyTypeObject *)type)->tp_basicsize) {
        PyErr_SetString(PyExc_TypeError, "another layout");
        return NULL;
    }
    PyTypeObject *before = Py_TYPE(object);
    Py_SET_TYPE(object, (PyTypeObject *)Py_NewRef(type)); /* as each object of a class holds it */
    if (before->tp_flags & Py_TPFLAGS_HEAPTYPE) {
        Py_DECREF(before);
    }
    Py_RETURN_NONE;
}

PER_PROCESS static PyMethodDef methods[] = {
    {"load", load_noted, METH_O, NULL},
    {"note", note_py, METH_VARARGS, note_doc},
    {"retype", retype_py, METH_VARARGS, retype_doc},
};

static PyObject *
make_function(size_t index)
{
    PyObject *function = PyCFunction_New(&methods[index], NULL);
    if (!function) {
        bundle_give_up("no memory");
    }
    return function;
}

static void
put_variables(void)
{
    for (char **variable = environ; variable && *variable; variable++) {
        bundle_put("variable", 0, *variable, strlen(*variable));
    }
}

/* --- What is run --------------------------------------------------------------------------------------------------------- */

/* Say which exception ended the run. */
_Noreturn static void
give_up_raised(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    char text[600];
    PyObject *shown = value ? PyObject_Str(value) : NULL;
    const char *words = shown ? PyUnicode_AsUTF8(shown) : NULL;
    int line = 0;
    const char *file = "";
    for (PyTracebackObject *each = (PyTracebackObject *)traceback; each; each = each->tb_next) {
        PyCodeObject *code = PyFrame_GetCode(each->tb_frame);
        file = PyUnicode_AsUTF8(code->co_filename);
        line = each->tb_lineno > 0 ? each->tb_lineno : PyFrame_GetLineNumber(each->tb_frame);
        if (file && strncmp(file, "<again ", 7) == 0) {
            break; /* whatever it calls, it is this that cannot be run again */
        }
    }
    snprintf(text, sizeof text, "raised\n%s\n%d\n%.60s\n%.300s", file ? file : "", line,
             type ? ((PyTypeObject *)type)->tp_name : "", words ? words : "");
    bundle_give_up(text);
}

/* The recorder's Python side (recorder.py), in a namespace of its own. */
static PyObject *
run_recorder(PyObject *code)
{
    PyObject *space = PyDict_New();
    PyObject *note = make_function(1);
    PyObject *retype = make_function(2);
    PyObject *result = NULL;
    if (space && PyDict_SetItemString(space, "__builtins__", PyEval_GetBuiltins()) == 0
        && PyDict_SetItemString(space, "note", note) == 0 && PyDict_SetItemString(space, "retype", retype) == 0) {
        result = PyEval_EvalCode(code, space, space);
    }
    Py_DECREF(note);
    Py_DECREF(retype);
    if (!result) {
        give_up_raised();
    }
    Py_DECREF(result);
    return space;
}

static void
call_recorder(PyObject *space, const char *name)
{
    PyObject *function = PyDict_GetItemString(space, name); /* borrowed */
    PyObject *result = function ? PyObject_CallNoArgs(function) : NULL;
    if (!result) {
        give_up_raised();
    }
    Py_DECREF(result);
}

/* Run code as a part of `__main__`, or as one of a function in the module with a name. The names that it binds are gone
   afterwards: the program binds them itself. */
static void
run_part(PyObject *globals, PyObject *code, PyObject *module_name)
{
    PyObject *module = module_name == Py_None ? NULL : PyImport_GetModule(module_name);
    PyObject *space = module ? PyModule_GetDict(module) : globals;
    PyObject *locals = module ? PyDict_New() : NULL;
    PyObject *kept = PyDict_Copy(globals);
    PyObject *result = NULL;
    if (kept && (module || module_name == Py_None)) {
        result = PyEval_EvalCode(code, space, locals ? locals : space);
    }
    if (!result) {
        give_up_raised();
    }
    Py_DECREF(result);
    PyDict_Clear(globals);
    PyDict_Update(globals, kept);
    Py_DECREF(kept);
    Py_XDECREF(locals);
    Py_XDECREF(module);
}

/* Import a module as `__main__` would. */
static void
import_named(PyObject *name)
{
    PyObject *module = PyImport_Import(name);
    if (!module) {
        give_up_raised();
    }
    Py_DECREF(module);
}

/* The work of the request: (recorder, graph, ((code, module or None), ...) or None, (name, ...), ((owner, code), ...),
   ((module, code), ...)). */
PER_PROCESS static struct {
    PyObject *whole, *recorder, *graph, *parts, *names, *calls, *again;
    PyObject *space; /* of the recorder's Python side */
    PyObject *noted; /* in place of load_module */
    struct running before;
} work;

/* The work of a request. Reading it interns names: the program's own strings come first, for modules may compare those by their
   addresses. */
static PyObject *
read_work(const struct bundle_request *request)
{
    PyObject *pair = PyMarshal_ReadObjectFromString((const char *)request->work, (Py_ssize_t)request->work_size);
    const char *names, *work_bytes;
    Py_ssize_t names_size, work_size;
    if (!pair || !PyArg_ParseTuple(pair, "y#y#", &names, &names_size, &work_bytes, &work_size)) {
        return NULL;
    }
    bundle_intern_names(names, (size_t)names_size);
    PyObject *whole = PyMarshal_ReadObjectFromString(work_bytes, work_size);
    Py_DECREF(pair);
    return whole;
}

/* The locale before the program's first import: who sets another one, and this one again, has only asked. */
PER_PROCESS static char *first_locale;

/* The signals that were blocked before: who blocks others for a while has left nothing. */
PER_PROCESS static uint64_t first_mask;

static uint64_t
blocked_signals(void)
{
    sigset_t now;
    uint64_t mask;
    __real_sigprocmask(SIG_BLOCK, NULL, &now);
    memcpy(&mask, &now, sizeof mask);
    return mask;
}

static void
put_mask(void)
{
    bundle_put("mask", 0, "", blocked_signals() == first_mask);
}

static void
put_locale(void)
{
    const char *now = __real_setlocale(LC_ALL, NULL);
    bool is_kept = first_locale && now && strcmp(first_locale, now) == 0;
    bundle_put("locale", 0, "", is_kept);
    free(first_locale);
}

/* Take blocks of all sizes, in other numbers of each: what the program makes lies at other addresses, with other low bits, so that
   sets of objects have another order. */
static void
shift_blocks(size_t shift)
{
    for (size_t unit = 1; unit <= 40; unit++) {
        for (size_t i = 0; i <= unit * (6 + shift) % 13; i++) {
            if (!PyObject_Malloc(unit * 16)) {
                bundle_give_up("no memory");
            }
        }
    }
}

PyObject *
bundle_begin_recording(PyObject *globals)
{
    const struct bundle_request *request = bundle.snapshot->request;
    if (!globals) {
        give_up_raised();
    }
    work.whole = read_work(request);
    if (!work.whole
        || !PyArg_ParseTuple(work.whole, "OOOOOO", &work.recorder, &work.graph, &work.parts, &work.names, &work.calls,
                             &work.again)) {
        give_up_raised();
    }
    work.space = run_recorder(work.recorder);
    bootstrap = PyImport_AddModule("_frozen_importlib"); /* borrowed */
    load_module = PyObject_GetAttrString(bootstrap, "_load_unlocked");
    work.noted = make_function(0);
    PyObject_SetAttrString(bootstrap, "_load_unlocked", work.noted);
    call_recorder(work.space, "begin");
    if (!bundle_stop_calls()) {
        bundle_give_up(
            "nothing here stops system calls (seccomp), so that what the program asks and does would not be seen");
    }
    thread = PyThreadState_Get();
    bundle_set_locator(place);
    first_mask = blocked_signals();
    first_locale = strdup(__real_setlocale(LC_ALL, NULL));
    if (request->shift) {
        shift_blocks(request->shift);
    }
    if (request->wants_graph && bundle_watch_called() < 0) {
        give_up_raised();
    }
    work.before = begin_module("__main__");
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(work.names); i++) {
        import_named(PyTuple_GET_ITEM(work.names, i));
    }
    return globals;
}

static void
watch_modules(void)
{
    call_recorder(work.space, "watch");
}

bool
bundle_records_all(void)
{
    return work.parts != Py_None;
}

/* Write a description of all objects, and end the process (graph.py). */
_Noreturn static void
write_graph(void)
{
    PyObject *space = run_recorder(work.graph);
    PyObject *function = PyDict_GetItemString(space, "describe"); /* borrowed */
    PyObject *kept = bundle_names_kept();
    PyObject *text = function && kept ? PyObject_CallOneArg(function, kept) : NULL;
    if (!text || !PyBytes_Check(text)) {
        give_up_raised();
    }
    bundle_put_notes();
    bundle_put("graph", 0, PyBytes_AS_STRING(text), (uint64_t)PyBytes_GET_SIZE(text));
    _exit(0);
}

/* Write which code ran (called.c), unless that is not known. */
static void
put_called(void)
{
    PyObject *called = bundle_called();
    if (!called) {
        give_up_raised();
    }
    if (PyBytes_Check(called)) {
        bundle_put("called", 0, PyBytes_AS_STRING(called), (uint64_t)PyBytes_GET_SIZE(called));
    }
    Py_DECREF(called);
}

/* Run what the project wishes; notes of a function that is called are its own. */
static void
run_call(PyObject *globals, PyObject *call)
{
    const char *name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(call, 0));
    bool is_function = name && *name;
    struct running before = is_function ? begin_module(name) : (struct running){0, NULL};
    run_part(globals, PyTuple_GET_ITEM(call, 1), Py_None);
    if (is_function) {
        end_module(before, name);
    }
}

static void
run_work(PyObject *globals)
{
    if (!globals) {
        give_up_raised();
    }
    for (Py_ssize_t i = 0; bundle_records_all() && i < PyTuple_GET_SIZE(work.parts); i++) {
        PyObject *part = PyTuple_GET_ITEM(work.parts, i);
        run_part(globals, PyTuple_GET_ITEM(part, 0), PyTuple_GET_ITEM(part, 1));
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(work.calls); i++) {
        run_call(globals, PyTuple_GET_ITEM(work.calls, i));
    }
    if (bundle.snapshot->request->collects) {
        PyGC_Collect();
    }
    end_module(work.before, "__main__");
    if (bundle.snapshot->request->wants_graph) {
        put_called();
    }
    call_recorder(work.space, "end");
    PyObject_SetAttrString(bootstrap, "_load_unlocked", load_module);
    Py_CLEAR(load_module);
    Py_CLEAR(work.noted);
    put_locale();
    put_mask();
    put_variables();
    bundle_compare_variables();
    /* What is done again at each start leaves the same in every recording. */
    bundle_answer_alike();
    bundle_begin_openssl_anew();
    bundle_answer_alike(); /* how often OpenSSL asked makes no difference */
    if (bundle_prepare_adoption(globals, work.again, bundle_records_all()) < 0) {
        give_up_raised();
    }
    bundle_end_notes();
    bundle_begin_openssl_anew();
    call_recorder(work.space, "release");
    if (bundle.snapshot->request->wants_graph) {
        write_graph();
    }
    Py_XDECREF(bundle_names_kept());
    Py_CLEAR(work.space);
    Py_CLEAR(work.whole);
}

/* --- Can this process be recorded? ------------------------------------------------------------------------------------ */

static void
look_for_obstacles(void)
{
    if (count_threads() != first_threads + (int)bundle_waiting_threads()) {
        bundle_give_up("thread");
    }
    for (int fd = 3; fd < FIRST_FREE; fd++) {
        if (!was_open[fd] && fcntl(fd, F_GETFD) >= 0) {
            char text[32];
            snprintf(text, sizeof text, "descriptor\n%d", fd);
            bundle_give_up(text);
        }
    }
}

/* --- Writing ------------------------------------------------------------------------------------------------------------ */

struct thread_block {
    const char *address;
    uint64_t size;
};

static int
find_thread_block(struct dl_phdr_info *info, size_t size, void *out)
{
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_TLS) {
            *(struct thread_block *)out = (struct thread_block){info->dlpi_tls_data, info->dlpi_phdr[i].p_memsz};
        }
    }
    return 1; /* the executable comes first */
}

static void
put_signals(void)
{
    struct bundle_signal signals[LAST_SIGNAL];
    uint32_t count = 0;
    for (int i = 1; i <= LAST_SIGNAL; i++) {
        struct sigaction now;
        memset(&now, 0, sizeof now);
        if (sigaction(i, NULL, &now) == 0 && now.sa_handler != SIG_DFL) {
            uint64_t mask;
            memcpy(&mask, &now.sa_mask, sizeof mask);
            signals[count++] = (struct bundle_signal){(uint32_t)i, (uint32_t)now.sa_flags & ~0x04000000u,
                                                      (uint64_t)now.sa_handler, mask}; /* without SA_RESTORER */
        }
    }
    bundle_put("signals", 0, signals, count * sizeof *signals);
}

/* Write what the processor has, as far as code asks for it; what of it each level requires; and what code may ask for in every
   recording, whoever answers. */
static void
put_features(void)
{
    struct bundle_feature features[BUNDLE_MOST_FEATURES];
    uint32_t count = bundle_all_features(features);
    bundle_put("features", 0, features, count * sizeof *features);
    for (uint32_t level = 2; level <= 3; level++) {
        count = bundle_least_features(level, features);
        bundle_put("least", level, features, count * sizeof *features);
    }
    count = bundle_cache_features(features);
    bundle_put("caches", 0, features, count * sizeof *features);
}

/* What loaded objects have written; and what had been written when their constructors had run. */
static void
put_objects(const uint32_t *order, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct bundle_object *object = &bundle.objects[order[i]];
        const char *constructed = bundle_constructed(order[i]);
        for (uint32_t j = 0; j < object->segment_count; j++) {
            const struct bundle_segment *segment = &object->segments[j];
            if (segment->protection & PROT_WRITE) {
                bundle_put_memory("object", segment->address, (void *)segment->address, segment->memory_size);
                bundle_put_memory("made", segment->address, constructed, constructed ? segment->memory_size : 0);
                constructed = constructed ? constructed + segment->memory_size : NULL;
            }
        }
    }
}

/* Overwrite the numbers in CPython's free lists (floatobject.c, and longobject.c since 3.14): they keep old values, which may
   be times, or offsets of time zones. */
static void
overwrite_free_numbers(void)
{
    enum { MOST = 256, NUMBER = 1 << 20 }; /* a list has 100; small integers do not come from it */
    PyObject *numbers[2][MOST];
    for (size_t i = 0; i < MOST; i++) {
        numbers[0][i] = PyFloat_FromDouble(0);
        numbers[1][i] = PyLong_FromLong(NUMBER);
    }
    for (size_t i = 0; i < MOST; i++) {
        Py_XDECREF(numbers[0][i]);
        Py_XDECREF(numbers[1][i]);
    }
}

static void
put_generator(PyObject *object, uint64_t size)
{
    bundle_put("seeded", (uint64_t)object, &size, sizeof size);
}

static void
put_spoiled(uint32_t object, const char *why)
{
    bundle_put("spoiled", object, why, strlen(why));
}

/* Do what a start from the snapshot does, and write which blocks it touches. Afterwards the process is good for nothing. */
static void
put_heat(char **variables)
{
    if (!bundle_begin_heat()) {
        return;
    }
    environ = variables;
    bool is_ready;
    const struct bundle_start start = {.argc = 1, .argv = arguments};
    PyObject *globals = bundle_adopt(&start, &is_ready);
    uint64_t count;
    const struct bundle_heat *heat = bundle_end_heat(&count);
    bundle_put("heat", 0, heat, globals ? count * sizeof *heat : 0);
}

_Noreturn static void
write_recording(void)
{
    const struct bundle_request *request = bundle.snapshot->request;
    if (bundle_find_generators(put_generator) < 0) {
        give_up_raised();
    }
    bundle_tell_spoiled(put_spoiled);
    bundle_call_fork_handlers(); /* libraries end threads of theirs */
    look_for_obstacles();
    put_signals();
    put_features();
    bundle_put("alone", 0, "", bundle_streams_are_alone());
    char **variables = environ;
    environ = NULL;
    overwrite_free_numbers();
    usual_allocations();
    bundle_close_region();

    struct bundle_told told = bundle_told();
    bundle_put("keys", 0, told.keys, told.key_count * sizeof *told.keys);
    bundle_put("calls", 0, told.calls, told.call_count * sizeof *told.calls);
    struct thread_block block = {NULL, 0};
    __real_dl_iterate_phdr(find_thread_block, &block);
    uint64_t addresses[BUNDLE_MOST_LIBRARY_ADDRESSES];
    bundle_put("library", 0, addresses, bundle_library_addresses(addresses) * sizeof *addresses);
    bundle_put("thread", (uint64_t)__builtin_thread_pointer(), &block.address, sizeof block.address);
    bundle_put("block", (uint64_t)block.address, block.address, block.size);
    uint32_t count;
    const uint32_t *order = bundle_loaded_objects(&count);
    bundle_put("order", 0, order, count * sizeof *order);
    bundle_put_notes();
    for (uint64_t i = 0; i < request->range_count; i++) {
        bundle_put_memory("before", request->ranges[i].address, before[i], request->ranges[i].size);
    }
    for (uint64_t i = 0; i < request->range_count; i++) {
        bundle_put_memory("memory", request->ranges[i].address, (void *)request->ranges[i].address,
                          request->ranges[i].size);
    }
    bundle_put_memory("region", BUNDLE_REGION, (void *)BUNDLE_REGION, bundle_region_used());
    put_objects(order, count);
    bundle_put("end", 0, NULL, 0);
    put_heat(variables);
    _exit(0);
}

void
bundle_end_recording(PyObject *globals)
{
    run_work(globals);
    write_recording();
}
