/* Results of compiling that were known when the binary was built.

   Class decorators and named tuples write functions as text and have it compiled, and modules compile regular expressions:
   a large part of what imports do. Both results depend on the arguments alone. So the functions that compile are
   replaced by ones that look for the result first, by all that it depends on, and otherwise do what the originals do;
   these still run the code, so that everything else (namespaces, audit events, errors) is theirs. */

#include "interpreter/precompiled.h"

#include "executable/executable.h"
#include "interpreter/interpreter.h"
#include "lifetime.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- Look-up ------------------------------------------------------------------------------------------------- */

/* The tuple of all results (borrowed), ready for use; NULL with an exception set. */
static PyObject *
all_results(void)
{
    PER_PROGRAM static PyObject *results;
    if (!results) {
        const struct bundle_module module = {.code = bundle.precompiled_code};
        results = bundle_module_code(&module);
    }
    return results;
}

PyObject *
bundle_precompiled(const char *key)
{
    const struct bundle_precompiled *found =
        bundle_find(&bundle.precompiled_index, bundle.precompiled, sizeof(struct bundle_precompiled), key);
    PyObject *results = found ? all_results() : NULL;
    return results ? PyTuple_GET_ITEM(results, found->item) : NULL;
}

/* The result whose key consists of a printed part and a text (borrowed); NULL, with no exception set, when it is not
   known. */
static PyObject *
find_result(const char *text, Py_ssize_t length, const char *format, ...)
{
    char small[1024];
    va_list arguments;
    va_start(arguments, format);
    int printed = vsnprintf(small, sizeof small, format, arguments);
    va_end(arguments);
    if (printed < 0 || printed >= (int)sizeof small || memchr(text, 0, length)) {
        return NULL; /* a file name that long, or a text with a NUL, has no key */
    }
    char *key = printed + length < (Py_ssize_t)sizeof small ? small : PyMem_Malloc(printed + length + 1);
    if (!key) {
        return NULL;
    }
    memmove(key, small, printed);
    memcpy(key + printed, text, length);
    key[printed + length] = '\0';
    PyObject *result = bundle_precompiled(key);
    if (key != small) {
        PyMem_Free(key);
    }
    if (!result) {
        PyErr_Clear();
    }
    return result;
}

/* The UTF-8 form of a str that is no subclass; NULL, with no exception set, for anything else. */
static const char *
exact_text(PyObject *object, Py_ssize_t *length)
{
    const char *text = PyUnicode_CheckExact(object) ? PyUnicode_AsUTF8AndSize(object, length) : NULL;
    if (!text) {
        PyErr_Clear();
    }
    return text;
}

/* The code of a text that is compiled by the running function (borrowed), or NULL. */
static PyObject *
find_code(PyObject *source, const char *filename, const char *mode)
{
    Py_ssize_t length;
    const char *text = exact_text(source, &length);
    if (!text) {
        return NULL;
    }
    PyCompilerFlags inherited = _PyCompilerFlags_INIT;
    PyEval_MergeCompilerFlags(&inherited);
    return find_result(text, length, "%s%x:%s\n", mode, inherited.cf_flags & PyCF_MASK, filename);
}

/* --- compile, exec, eval ------------------------------------------------------------------------------------ */

enum { COMPILE, EXEC, EVAL };
PER_PROGRAM static PyObject *originals[3];
PER_PROGRAM static PyMethodDef replacements[3];

/* exec(text, ...) or eval(text, ...): the original, given the code instead of the text. */
static PyObject *
run_known(int which, const char *mode, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    enum { MOST = 3 }; /* source, globals, locals */
    PyObject *code = count >= 1 && count <= MOST && !names ? find_code(arguments[0], "<string>", mode) : NULL;
    if (!code) {
        return PyObject_Vectorcall(originals[which], arguments, count, names);
    }
    PyObject *given[MOST];
    memcpy(given, arguments, count * sizeof *given);
    given[0] = code;
    return PyObject_Vectorcall(originals[which], given, count, NULL);
}

static PyObject *
known_exec(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    (void)self;
    return run_known(EXEC, "exec", arguments, count, names);
}

static PyObject *
known_eval(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    (void)self;
    return run_known(EVAL, "eval", arguments, count, names);
}

static PyObject *
known_compile(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    (void)self;
    Py_ssize_t length;
    const char *filename = count == 3 && !names ? exact_text(arguments[1], &length) : NULL;
    const char *mode = filename && !memchr(filename, 0, length) ? exact_text(arguments[2], &length) : NULL;
    PyObject *code = NULL;
    if (mode && (strcmp(mode, "exec") == 0 || strcmp(mode, "eval") == 0)) {
        code = find_code(arguments[0], filename, mode);
    }
    if (!code) {
        return PyObject_Vectorcall(originals[COMPILE], arguments, count, names);
    }
    if (PySys_Audit("compile", "OO", arguments[0], arguments[1]) < 0) {
        return NULL;
    }
    return Py_NewRef(code);
}

/* Put `function` in the place of a built-in one, with its name, signature and text. */
static int
replace_builtin(PyObject *builtins, int which, const char *name, void *function)
{
    PyObject *original = PyObject_GetAttrString(builtins, name);
    if (!original || !PyCFunction_Check(original)) {
        Py_XDECREF(original);
        return PyErr_Occurred() ? -1 : 0;
    }
    PyCFunctionObject *known = (PyCFunctionObject *)original;
    replacements[which] = *known->m_ml;
    replacements[which].ml_meth = (PyCFunction)function;
    replacements[which].ml_flags = METH_FASTCALL | METH_KEYWORDS;
    originals[which] = original;
    PyObject *replacement = PyCFunction_NewEx(&replacements[which], known->m_self, known->m_module);
    int status = replacement ? PyObject_SetAttrString(builtins, name, replacement) : -1;
    Py_XDECREF(replacement);
    return status;
}

int
bundle_replace_compilers(void)
{
    if (!bundle.precompiled_index.count) {
        return 0;
    }
    PyObject *builtins = PyImport_AddModule("builtins"); /* borrowed */
    if (!builtins || replace_builtin(builtins, COMPILE, "compile", known_compile) < 0
        || replace_builtin(builtins, EXEC, "exec", known_exec) < 0
        || replace_builtin(builtins, EVAL, "eval", known_eval) < 0) {
        return -1;
    }
    return 0;
}

/* --- Regular expressions ------------------------------------------------------------------------------------- */

PER_PROGRAM static PyObject *compile_pattern; /* re._compiler.compile */
PER_PROGRAM static PyObject *make_pattern;    /* _sre.compile */

/* The result's words as `_sre.compile` takes them: a list of numbers. */
static PyObject *
program_words(PyObject *bytes)
{
    Py_ssize_t count = PyBytes_GET_SIZE(bytes) / (Py_ssize_t)sizeof(uint32_t);
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list && i < count; i++) {
        uint32_t word;
        memcpy(&word, PyBytes_AS_STRING(bytes) + i * sizeof word, sizeof word);
        PyObject *number = PyLong_FromUnsignedLong(word);
        if (!number) {
            Py_CLEAR(list);
            break;
        }
        PyList_SET_ITEM(list, i, number);
    }
    return list;
}

/* Names and numbers of groups, side by side in a tuple, as a dictionary. */
static PyObject *
group_numbers(PyObject *pairs)
{
    PyObject *numbers = PyDict_New();
    for (Py_ssize_t i = 0; numbers && i < PyTuple_GET_SIZE(pairs); i += 2) {
        if (PyDict_SetItem(numbers, PyTuple_GET_ITEM(pairs, i), PyTuple_GET_ITEM(pairs, i + 1)) < 0) {
            Py_CLEAR(numbers);
        }
    }
    return numbers;
}

/* `result` is (flags, words, groups, named groups, names by number), see freeze/worker/precompile.py. */
static PyObject *
known_pattern(PyObject *pattern, PyObject *result)
{
    PyObject *words = program_words(PyTuple_GET_ITEM(result, 1));
    PyObject *numbers = words ? group_numbers(PyTuple_GET_ITEM(result, 3)) : NULL;
    PyObject *made = NULL;
    if (numbers) {
        PyObject *arguments[] = {pattern, PyTuple_GET_ITEM(result, 0), words, PyTuple_GET_ITEM(result, 2),
                                 numbers, PyTuple_GET_ITEM(result, 4)};
        made = PyObject_Vectorcall(make_pattern, arguments, sizeof arguments / sizeof *arguments, NULL);
    }
    Py_XDECREF(numbers);
    Py_XDECREF(words);
    return made;
}

static PyObject *
known_compile_pattern(PyObject *self, PyObject *const *arguments, Py_ssize_t count, PyObject *names)
{
    (void)self;
    PyObject *pattern = count ? arguments[0] : NULL;
    bool has_key = count == 2 && !names && PyLong_CheckExact(arguments[1]);
    Py_ssize_t length = 0;
    const char *text = NULL;
    const char *kind = "str";
    if (has_key && PyBytes_CheckExact(pattern)) {
        kind = "bytes";
        pattern = PyUnicode_DecodeLatin1(PyBytes_AS_STRING(pattern), PyBytes_GET_SIZE(pattern), NULL);
        text = pattern ? exact_text(pattern, &length) : NULL;
    }
    else if (has_key) {
        text = exact_text(Py_NewRef(pattern), &length);
    }
    PyObject *result = text ? find_result(text, length, "%s%lx:", kind, PyLong_AsLong(arguments[1])) : NULL;
    if (has_key) {
        Py_XDECREF(pattern);
        PyErr_Clear();
    }
    return result ? known_pattern(arguments[0], result) : PyObject_Vectorcall(compile_pattern, arguments, count, names);
}

int
bundle_module_was_run(PyObject *globals)
{
    PER_PROGRAM static PyMethodDef definition = {"compile", (PyCFunction)(void (*)(void))known_compile_pattern,
                                                 METH_FASTCALL | METH_KEYWORDS, NULL};
    PyObject *name = PyDict_GetItemString(globals, "__name__"); /* borrowed */
    if (compile_pattern || !bundle.precompiled_index.count || !name || !PyUnicode_Check(name)
        || PyUnicode_CompareWithASCIIString(name, "re._compiler") != 0) {
        return 0;
    }
    PyObject *original = PyDict_GetItemString(globals, "compile"); /* borrowed */
    PyObject *sre = PyDict_GetItemString(globals, "_sre");         /* borrowed */
    make_pattern = sre ? PyObject_GetAttrString(sre, "compile") : NULL;
    PyObject *replacement = original && make_pattern ? PyCFunction_NewEx(&definition, NULL, name) : NULL;
    if (!replacement) {
        PyErr_Clear(); /* another `re` than expected works as it is */
        return 0;
    }
    compile_pattern = Py_NewRef(original);
    int status = PyDict_SetItemString(globals, "compile", replacement);
    Py_DECREF(replacement);
    return status;
}
