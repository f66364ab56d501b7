/* Measure how objects of the target's CPython lie in memory, and print it as JSON.

   Compiled against the target's own headers and run once per set of headers (layout.py). `runtime_strings.h` is
   written by layout.py: one ID(name) per _Py_ID and one STR(name, literal) per _Py_STR of pycore_global_strings.h.

   Facts from Include/internal of 3.11-3.15; every PY_VERSION_HEX test about object layout is in this file. */

#define Py_BUILD_CORE 1
#define PY_SSIZE_T_CLEAN
#include "Python.h"
#include "internal/pycore_code.h"
#include "internal/pycore_dict.h"
#include "internal/pycore_gc.h"
#include "internal/pycore_global_objects.h"
#include "internal/pycore_global_strings.h"
#include "internal/pycore_long.h"
#include "internal/pycore_object.h"
#include "internal/pycore_runtime.h"
#include "internal/pycore_unicodeobject.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* _Py_SINGLETON(x) is an lvalue inside _PyRuntime: with the runtime at address 0 its address is its offset. */
#define _PyRuntime (*(_PyRuntimeState *)0)
#define RUNTIME_OFFSET(lvalue) ((size_t)(const char *)&(lvalue))

static const char *separator = "";

static void
begin(const char *name)
{
    printf("%s\"%s\": ", separator, name);
    separator = "";
}

static void
number(const char *name, unsigned long long value)
{
    begin(name);
    printf("%llu", value);
    separator = ",\n";
}

/* A key of the form "prefix:text" whose text may hold any ASCII character. */
static void
singleton(const char *prefix, const char *text, size_t offset)
{
    printf("%s\"%s:", separator, prefix);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\' || (unsigned char)*text < ' ') {
            printf("\\u%04x", (unsigned char)*text);
        }
        else {
            putchar(*text);
        }
    }
    printf("\": %zu", offset);
    separator = ",\n";
}

static void
numbered(const char *prefix, long index, size_t offset)
{
    char text[24];
    snprintf(text, sizeof text, "%ld", index);
    singleton(prefix, text, offset);
}

#define FIELD(type, member) \
    (printf("%s[\"%s\", %zu, %zu]", separator, #member, offsetof(type, member), sizeof(((type *)0)->member)), \
     separator = ", ")

static void
structs(void)
{
    begin("code"), printf("[");
    FIELD(PyCodeObject, ob_base.ob_size);
    FIELD(PyCodeObject, co_consts);
    FIELD(PyCodeObject, co_names);
    FIELD(PyCodeObject, co_exceptiontable);
    FIELD(PyCodeObject, co_flags);
#if PY_VERSION_HEX < 0x030c0000
    FIELD(PyCodeObject, co_warmup);
    FIELD(PyCodeObject, _co_linearray_entry_size);
#endif
    FIELD(PyCodeObject, co_argcount);
    FIELD(PyCodeObject, co_posonlyargcount);
    FIELD(PyCodeObject, co_kwonlyargcount);
    FIELD(PyCodeObject, co_stacksize);
    FIELD(PyCodeObject, co_firstlineno);
    FIELD(PyCodeObject, co_nlocalsplus);
#if PY_VERSION_HEX >= 0x030c0000
    FIELD(PyCodeObject, co_framesize);
#endif
    FIELD(PyCodeObject, co_nlocals);
#if PY_VERSION_HEX < 0x030c0000
    FIELD(PyCodeObject, co_nplaincellvars);
#endif
    FIELD(PyCodeObject, co_ncellvars);
    FIELD(PyCodeObject, co_nfreevars);
#if PY_VERSION_HEX >= 0x030c0000
    FIELD(PyCodeObject, co_version);
#endif
    FIELD(PyCodeObject, co_localsplusnames);
    FIELD(PyCodeObject, co_localspluskinds);
    FIELD(PyCodeObject, co_filename);
    FIELD(PyCodeObject, co_name);
    FIELD(PyCodeObject, co_qualname);
    FIELD(PyCodeObject, co_linetable);
    FIELD(PyCodeObject, co_weakreflist);
#if PY_VERSION_HEX < 0x030c0000
    FIELD(PyCodeObject, _co_code);
    FIELD(PyCodeObject, _co_linearray);
#else
#if PY_VERSION_HEX >= 0x030d0000
    FIELD(PyCodeObject, co_executors);
#endif
    FIELD(PyCodeObject, _co_cached);
    FIELD(PyCodeObject, _co_instrumentation_version);
    FIELD(PyCodeObject, _co_monitoring);
#if PY_VERSION_HEX >= 0x030e0000
    FIELD(PyCodeObject, _co_unique_id);
#endif
#endif
    FIELD(PyCodeObject, _co_firsttraceable);
    FIELD(PyCodeObject, co_extra);
    FIELD(PyCodeObject, co_code_adaptive);
    printf("]"), separator = ",\n";

    begin("keys"), printf("[");
    FIELD(PyDictKeysObject, dk_log2_size);
    FIELD(PyDictKeysObject, dk_log2_index_bytes);
    FIELD(PyDictKeysObject, dk_kind);
    FIELD(PyDictKeysObject, dk_usable);
    FIELD(PyDictKeysObject, dk_nentries);
    printf("%s[\"dk_indices\", %zu, 0]", separator, offsetof(PyDictKeysObject, dk_indices));
    printf("]"), separator = ",\n";

    begin("ascii"), printf("[");
    FIELD(PyASCIIObject, length);
    FIELD(PyASCIIObject, hash);
    FIELD(PyASCIIObject, state);
#if PY_VERSION_HEX < 0x030c0000
    FIELD(PyASCIIObject, wstr);
#endif
    printf("]"), separator = ",\n";

    begin("compact"), printf("[");
    FIELD(PyCompactUnicodeObject, _base.length);
    FIELD(PyCompactUnicodeObject, _base.hash);
    FIELD(PyCompactUnicodeObject, _base.state);
#if PY_VERSION_HEX < 0x030c0000
    FIELD(PyCompactUnicodeObject, _base.wstr);
#endif
    FIELD(PyCompactUnicodeObject, utf8_length);
    FIELD(PyCompactUnicodeObject, utf8);
#if PY_VERSION_HEX < 0x030c0000
    FIELD(PyCompactUnicodeObject, wstr_length);
#endif
    printf("]"), separator = ",\n";

    begin("bytes"), printf("[");
    FIELD(PyBytesObject, ob_base.ob_size);
    FIELD(PyBytesObject, ob_shash);
    FIELD(PyBytesObject, ob_sval);
    printf("]"), separator = ",\n";

    begin("tuple"), printf("[");
    FIELD(PyTupleObject, ob_base.ob_size);
#if PY_VERSION_HEX >= 0x030e0000
    FIELD(PyTupleObject, ob_hash);
#endif
    FIELD(PyTupleObject, ob_item);
    printf("]"), separator = ",\n";

    /* The word before the digits holds size and sign, in whatever way the version packs them. */
    begin("int"), printf("[");
#if PY_VERSION_HEX < 0x030c0000
    FIELD(PyLongObject, ob_base.ob_size);
    FIELD(PyLongObject, ob_digit);
#else
    FIELD(PyLongObject, long_value.lv_tag);
    FIELD(PyLongObject, long_value.ob_digit);
#endif
    printf("]"), separator = ",\n";

    begin("float"), printf("[");
    FIELD(PyFloatObject, ob_fval);
    printf("]"), separator = ",\n";

    begin("complex"), printf("[");
    FIELD(PyComplexObject, cval.real);
    FIELD(PyComplexObject, cval.imag);
    printf("]"), separator = ",\n";

    begin("slice"), printf("[");
    FIELD(PySliceObject, start);
    FIELD(PySliceObject, stop);
    FIELD(PySliceObject, step);
    printf("]"), separator = ",\n";

    begin("set"), printf("[");
    FIELD(PySetObject, mask);
    FIELD(PySetObject, table);
    printf("]"), separator = ",\n";
}

/* The word `state` of a compact string that is not interned. */
static unsigned
string_state(int kind, int ascii)
{
    PyASCIIObject string;
    memset(&string, 0, sizeof string);
    string.state.kind = kind;
    string.state.compact = 1;
    string.state.ascii = ascii;
#if PY_VERSION_HEX < 0x030c0000
    string.state.ready = 1;
#else
    /* Required since 3.14: otherwise Py_FinalizeEx frees an interned static string (unicodeobject.c, 3.14.4:1721). */
    string.state.statically_allocated = 1;
#endif
    unsigned word;
    memcpy(&word, &string.state, sizeof word);
    return word;
}

static void
constants(void)
{
#if PY_VERSION_HEX < 0x030c0000
    PyObject immortal[] = {_PyObject_IMMORTAL_INIT(NULL)};
#else
    PyObject immortal[] = {_PyObject_HEAD_INIT(NULL)};
#endif
    unsigned long long head;
    memcpy(&head, immortal, sizeof head);
    number("head", head);
    number("sizeof_head", sizeof(PyObject));
    number("sizeof_gc_head", sizeof(PyGC_Head));
    number("sizeof_ascii", sizeof(PyASCIIObject));
    number("sizeof_compact", sizeof(PyCompactUnicodeObject));
    number("sizeof_digit", sizeof(digit));
    number("sizeof_setentry", sizeof(setentry));
    number("state_ascii", string_state(PyUnicode_1BYTE_KIND, 1));
    number("state_1", string_state(PyUnicode_1BYTE_KIND, 0));
    number("state_2", string_state(PyUnicode_2BYTE_KIND, 0));
    number("state_4", string_state(PyUnicode_4BYTE_KIND, 0));
    number("version_hex", PY_VERSION_HEX);
    /* Before 3.14 the compiler makes a constant set anew from the first it has made (compile.c, merge_consts_recursive),
       which changes its order where hashes collide. */
    number("sets_made_twice", PY_VERSION_HEX < 0x030e0000);
}

static void
singletons(void)
{
/* Not _Py_ID(name): some names are macros (`false`), and ## must meet them before they expand. */
#if PY_VERSION_HEX < 0x030c0000
#define ID(name) singleton("id", #name, RUNTIME_OFFSET(_Py_SINGLETON(strings.identifiers._##name)));
#define STR(name, literal) singleton("str", literal, RUNTIME_OFFSET(_Py_SINGLETON(strings.literals._##name)));
#else
#define ID(name) singleton("id", #name, RUNTIME_OFFSET(_Py_SINGLETON(strings.identifiers._py_##name)));
#define STR(name, literal) singleton("str", literal, RUNTIME_OFFSET(_Py_SINGLETON(strings.literals._py_##name)));
#endif
#include "runtime_strings.h"
    for (long i = -_PY_NSMALLNEGINTS; i < _PY_NSMALLPOSINTS; i++) {
        numbered("int", i, RUNTIME_OFFSET(_PyLong_SMALL_INTS[_PY_NSMALLNEGINTS + i]));
    }
    for (long i = 0; i < 256; i++) {
        numbered("byte", i, RUNTIME_OFFSET(_Py_SINGLETON(bytes_characters)[i]));
        numbered("latin1", i,
                 i < 128 ? RUNTIME_OFFSET(_Py_SINGLETON(strings).ascii[i])
                         : RUNTIME_OFFSET(_Py_SINGLETON(strings).latin1[i - 128]));
    }
    singleton("bytes", "", RUNTIME_OFFSET(_Py_SINGLETON(bytes_empty)));
    singleton("tuple", "", RUNTIME_OFFSET(_Py_SINGLETON(tuple_empty)));
}

int
main(void)
{
    printf("{");
    begin("structs"), printf("{"), structs(), printf("}"), separator = ",\n";
    begin("constants"), printf("{"), constants(), printf("}"), separator = ",\n";
    begin("singletons"), printf("{"), singletons(), printf("}");
    printf("}\n");
    return 0;
}
