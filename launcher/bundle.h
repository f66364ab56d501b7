/* The contract between what is generated and what runs: every table that the binary carries.

   Included by the launcher, and read by bundler/link through cffi, which writes the tables with these very
   declarations. Plain C, no macros but the one below. Pointers are addresses in the finished binary; paths are
   UTF-8 and lie under BUNDLE_ROOT. */

#ifndef BUNDLE_H
#define BUNDLE_H

#include "code.h"

#include <stdint.h>

/* The folder under which everything bundled appears to lie; the name is the same in every binary ever built. */
#define BUNDLE_ROOT "/__bundle__"

/* Below this lie files for systems that have none at the path that follows. */
#define BUNDLE_SPARE BUNDLE_ROOT "/_host"

/* Look-up by text: open addressing with linear probing over FNV-1a. A slot holds an index plus one, or 0. */
struct bundle_index {
    const uint32_t *slots;
    uint32_t mask; /* number of slots minus one; the number is a power of two */
    uint32_t count;
};

enum bundle_module_kind {
    BUNDLE_FROZEN = 1,    /* `code` is there */
    BUNDLE_EXTENSION = 2, /* `path` is that of a prelinked object */
    BUNDLE_NAMESPACE = 3, /* a package without code; `path` is its folder */
    BUNDLE_BROKEN = 4,    /* `path` is that of a source which does not compile */
    BUNDLE_ADAPTED = 5,   /* frozen, and changed by adapt.py once it has run */
};

struct bundle_module {
    const char *name;               /* first: the index looks here */
    const char *path;               /* what becomes __file__ */
    const struct bundle_code *code; /* NULL unless frozen */
    uint16_t kind;
    uint8_t is_package;
    uint8_t is_stdlib; /* not one of the program's or a package's that has the same name */
    uint32_t is_early; /* Python has it before it searches any folder: no file on the search path takes its place */
};

/* A file or folder under the root. A folder's entries stand side by side, in the order of their names. */
struct bundle_file {
    const char *path;          /* first: the index looks here */
    const char *name;          /* the last part of path */
    const unsigned char *data; /* NULL for a prelinked object */
    uint64_t size;
    uint64_t packed_size; /* of `data`, which is compressed (raw DEFLATE); 0: it is as it is */
    const char *digest;   /* names the contents, those of a folder with all below it */
    uint32_t is_folder;
    uint32_t is_executable;
    uint32_t is_listed_only; /* a module: it shows in its folder, but there is nothing to read */
    uint32_t first_entry;
    uint32_t entry_count;
    uint32_t delta; /* of a prelinked object whose bytes can be had: its place in `deltas`, plus one */
};

/* So many bytes of what is stored of an object are skipped, so many copied, so many added. */
struct bundle_delta_step {
    int64_t skipped;
    uint64_t copied;
    uint64_t added;
};

/* How the file of a prelinked object is had from what is stored of it. */
struct bundle_delta {
    const unsigned char *contents; /* what is stored, all segments one behind the other */
    const unsigned char *packed;   /* raw DEFLATE: steps, then the bytes that are added */
    uint64_t packed_size;
    uint64_t unpacked_size;
    uint64_t step_count;
    uint64_t object; /* its place in the table of objects */
};

/* A part of a prelinked object that is mapped as one: `file_size` bytes (whole pages, or 0) come from `content`. */
struct bundle_segment {
    uint64_t address;
    uint64_t memory_size;
    uint64_t file_size;
    const void *content;
    uint32_t protection; /* PROT_* */
    uint32_t reserved;
};

enum bundle_patch_kind {
    BUNDLE_PATCH_SYMBOL = 1,   /* *place = address of `symbol` + addend; 0 when weak and missing */
    BUNDLE_PATCH_RESOLVER = 2, /* *place = the result of the function at `addend` (IFUNC) */
    /* Of the thread-local `symbol` that `library` of the system defines, for __tls_get_addr: */
    BUNDLE_PATCH_TLS_MODULE = 3, /* *place = number of the library */
    BUNDLE_PATCH_TLS_OFFSET = 4, /* *place = place in the library's block + addend */
    /* A symbol that is one for the process, though several objects define it (STB_GNU_UNIQUE): */
    BUNDLE_PATCH_UNIQUE = 5, /* *place = address + addend, that of the first object for which it is asked */
};

/* What __tls_get_addr is given for a prelinked object whose thread-local storage is made when a thread first asks for it: this
   plus the object's place in the table. Numbers that the C library gives out are much smaller. */
enum { BUNDLE_DYNAMIC_MODULE = 0x40000000 };

/* A word of a prelinked object that is only known at run time, written when the object is loaded. */
struct bundle_patch {
    uint64_t *place;
    const char *symbol;
    const char *version; /* NULL: any */
    const char *library; /* the soname of the library that defines the symbol; NULL: any */
    uint64_t addend;
    uint64_t address; /* of a unique symbol: where it is in the object, if no other was asked before */
    uint32_t kind;
    uint32_t is_weak;
    uint32_t unique; /* which of the unique symbols */
    uint32_t reserved;
};

/* What <link.h> tells of a loaded object: struct link_map, as far as it is public. */
struct bundle_link_map {
    uint64_t base;
    const char *path;
    uint64_t dynamic; /* PT_DYNAMIC */
    void *next;
    void *previous;
};

/* A shared object, bound to fixed addresses when the binary was linked. Addresses of 0 mean "has none". Without segments
   it is resident: it lies in the executable's own load segments. */
struct bundle_object {
    const char *path; /* first: the index looks here */
    const char *soname;
    uint64_t base;
    uint64_t end;
    const struct bundle_segment *segments;
    const struct bundle_patch *patches;
    const uint32_t *needed;              /* objects that must be loaded before this one */
    const char *const *system_libraries; /* libraries of the system that must be loaded before it; ends with NULL */
    uint32_t segment_count;
    uint32_t patch_count;
    uint32_t needed_count;
    uint32_t symbol_count;
    uint64_t symbols; /* DT_SYMTAB */
    uint64_t strings; /* DT_STRTAB */
    uint64_t headers; /* program headers */
    uint32_t header_count;
    uint32_t init_count;
    uint32_t fini_count;
    uint32_t ends_visibly; /* the death of its objects may be seen from outside the process */
    uint64_t init;         /* DT_INIT */
    uint64_t init_array;   /* DT_INIT_ARRAY */
    uint64_t fini;
    uint64_t fini_array;
    uint64_t relro; /* made read-only after patching */
    uint64_t relro_size;
    /* Thread-local storage, unless it is part of the executable's own: */
    uint64_t thread_start;      /* what a thread's block starts with */
    uint64_t thread_start_size; /* the rest is zero */
    uint64_t thread_size;
    uint64_t thread_alignment;
    const void *symbol_file; /* for debuggers: an ELF file whose sections lie in the loaded object */
    struct bundle_link_map link_map;
};

/* A loaded object, as debuggers read it: struct jit_code_entry (GDB manual, "JIT Compilation Interface"). */
struct bundle_debugger_entry {
    struct bundle_debugger_entry *next;
    struct bundle_debugger_entry *previous;
    const void *symbol_file;
    uint64_t size;
};

/* A shared object that could not be prelinked: the C library's dynamic linker loads it, from the contents of the file
   that has this path. */
struct bundle_carried {
    const char *path; /* first: the index looks here */
    const char *soname;
    const uint32_t *needed; /* others that must be loaded before it */
    uint64_t needed_count;
};

/* A function of the C library, and the launcher's that is called in its place. */
struct bundle_interposed {
    const char *name; /* first: the index looks here */
    void *function;
};

/* What happens when the program starts sys.executable, which is this binary, with arguments for `python`. */
enum bundle_self_exec {
    BUNDLE_SELF_EXEC_ERROR = 0,   /* an error */
    BUNDLE_SELF_EXEC_PYTHON = 1,  /* it is Python */
    BUNDLE_SELF_EXEC_PROGRAM = 2, /* they are the program's own arguments */
};

/* What compiling a text or a regular expression gives. `key` says what was compiled (freeze/worker/precompile.py), `item`
   is the number of the result in the tuple `precompiled_code`. */
struct bundle_precompiled {
    const char *key; /* first: the index looks here */
    uint64_t item;
};

/* How the interpreter is configured: what would be options of `python`. Lists end with NULL. */
struct bundle_options {
    uint32_t optimize;                /* -O, -OO */
    uint32_t utf8_mode;               /* 0: as the locale says, 1: always */
    uint32_t version_end;             /* static code has co_versions below it */
    uint32_t python_command;          /* enum bundle_self_exec */
    uint32_t is_static;               /* the C library is part of the executable, which has no dynamic linker */
    const char *platlibdir;           /* sys.platlibdir, as the target has it */
    const char *main_module;          /* what `python -m` would run; NULL for a script */
    const char *const *runtime_hooks; /* modules that are imported before `__main__` runs */
    const char *const *site_builtins; /* those of exit, quit, help, ... that the program names */
    const char *const *warnings;      /* -W */
    const char *const *x_options;
};

struct bundle_soname {
    const char *soname; /* first: the index looks here */
    uint32_t index;     /* into the table of objects, or of carried ones */
    uint32_t is_carried;
};

/* What a program without a dynamic linker can look up in itself by name. `address`: NULL when the executable lacks it. */
struct bundle_symbol {
    const char *name;
    void *address;
};

/* --- The snapshot: a section of its own, which is written after a run of the executable ------------------------------- */

enum bundle_snapshot_state {
    BUNDLE_NO_SNAPSHOT = 0, /* nothing was recorded */
    BUNDLE_RECORDING = 1,   /* this is a copy that runs to be recorded: `request` is there */
    BUNDLE_RECORDED = 2,    /* the rest is there */
};

/* A part of the memory. */
struct bundle_range {
    uint64_t address;
    uint64_t size;
};

/* What the machine answers a copy that is recorded. */
struct bundle_answers {
    uint64_t time;    /* microseconds since 1970 when first asked; each question takes one */
    uint64_t entropy; /* what random bytes are made from */
    uint32_t process;
    uint32_t user;
    uint32_t processors;
    uint32_t is_terminal; /* what the standard streams say they are */
    uint32_t is_tried;    /* the first questions of the time, and those for random bytes, all have the same answer */
    uint32_t has_every_argument;    /* every word is said to be among the arguments */
    const char *own_path;           /* of the executable, and the first argument */
    const char *const *arguments;   /* the others; ends with NULL, or is NULL */
    const char *folder;             /* the current one */
    const char *host;               /* its name */
    const char *const *environment; /* ends with NULL */
};

/* How a copy that is recorded runs: what the machine answers, and what is done. */
struct bundle_request {
    const struct bundle_answers *answers;
    /* Of the machine on which a start goes on from what was recorded; NULL: none is tried. */
    const struct bundle_answers *restored;
    uint64_t hash_seed;
    const struct bundle_range *ranges; /* of the executable's variables that are recorded */
    uint64_t range_count;
    const unsigned char *work; /* marshalled: see bundler/snapshot/worker */
    uint64_t work_size;
    uint32_t output; /* a descriptor: where the recording goes */
    uint32_t steady_object_count;
    const char *const *steady;      /* modules whose random bytes are the same in each recording; ends with NULL */
    const uint32_t *steady_objects; /* prelinked objects of such modules */
    uint32_t wants_graph;           /* it is a description of all objects, and not the memory */
    uint32_t wants_heat;            /* it is to say which blocks of memory a start touches, too */
    uint32_t collects;              /* garbage is collected in the end: what differs may be garbage */
    uint32_t shift; /* not 0: other blocks lie before those of the program, so that all addresses are others */
    uint32_t fresh_count;
    const uint32_t *fresh; /* objects that each start constructs anew */
    const uint64_t *hot; /* blocks that a start touches: twice the number, plus 1 for those that it writes; ascending */
    uint64_t hot_count;
    uint64_t hot_sizes[2];  /* bytes of those that are read, and of those that are written */
    const uint64_t *hidden; /* addresses of instructions that ask for the processor: another one is to answer */
    uint64_t hidden_count;
    uint64_t hidden_level; /* the other processor's: world/processor_*.c */
};

/* Pages of memory that differ from those that the executable's file and zeros give. */
struct bundle_run {
    uint64_t address;
    uint64_t size;
    const void *content; /* whole pages, at a page's beginning */
};

/* Bytes that share a page with others. */
struct bundle_copy {
    uint64_t address;
    uint64_t size;
    const void *content;
};

/* A key for values of threads that the program has made, and the value that its main thread has. */
struct bundle_key {
    uint32_t key;
    uint32_t is_early; /* every start makes it before it reads the snapshot */
    uint64_t destructor;
    uint64_t value;
};

/* A condition of threads (pthread_cond_t) that the program has. */
struct bundle_condition {
    uint64_t address;
    uint32_t clock;     /* by which it counts */
    uint32_t is_shared; /* between processes */
    uint32_t is_intact; /* of a recording: its bytes are those that the last call with it has left */
};

/* A word that holds the address of a symbol, which the program has looked up. */
struct bundle_symbol_word {
    uint64_t address;
    const char *symbol;
};

enum bundle_call_kind {
    BUNDLE_CALL_EXIT = 1,        /* __cxa_atexit(function, argument, object) */
    BUNDLE_CALL_FORK = 2,        /* __register_atfork(function, argument, child, object) */
    BUNDLE_CALL_THREAD_EXIT = 3, /* __cxa_thread_atexit_impl(function, argument, object) */
    BUNDLE_CALL_CONSTRUCT = 4,   /* no call: constructors of the prelinked object with the number `object` ran here */
};

/* What the C library was told, and is told again. */
struct bundle_call {
    uint32_t kind;
    uint32_t is_argument_local; /* `argument` counts from the thread pointer */
    uint64_t function;
    uint64_t argument;
    uint64_t child;
    uint64_t object;
};

/* An action for a signal; numbers are those of Linux. */
struct bundle_signal {
    uint32_t number;
    uint32_t flags;
    uint64_t handler;
    uint64_t mask;
};

/* What the processor says of itself: leaves of CPUID, or whatever else launcher/world/processor_*.c knows by numbers. */
struct bundle_feature {
    uint32_t leaf;
    uint32_t subleaf;
    uint32_t masks[4]; /* which bits count: of EAX, EBX, ECX, EDX */
    uint32_t values[4];
};

/* The executable's thread-local variables lie within so many bytes of the thread pointer; no address is so small. */
enum { BUNDLE_NEAR_THREAD = 1 << 20 };

/* A word of a prelinked object that is only known in each process: a place in the tables of objects and patches. */
struct bundle_system_word {
    uint32_t object;
    uint32_t patch;
    uint32_t is_replaced; /* all of the object's variables are among the snapshot's runs */
    uint32_t reserved;
};

/* A block of memory that a start touches. */
struct bundle_heat {
    uint64_t number; /* of its period, and in that (launcher/world/region.h) */
    uint32_t is_written;
    uint32_t reserved;
    uint64_t size; /* bytes, with its header */
};

/* A word that holds an address in the C library: its own address, and the number of the other (launcher/snapshot/library.c). */
struct bundle_library_word {
    uint64_t address;
    uint64_t number;
};

struct bundle_snapshot {
    uint32_t state;
    uint32_t asks_codeset; /* a module has asked for the encoding of the locale */
    const struct bundle_request *request;
    struct bundle_range region; /* of the heap, as much as is used */
    const struct bundle_run *runs;
    const struct bundle_copy *copies;
    /* They keep the values that they have when a start gets here, and constructors have run. */
    const uint64_t *kept_words;
    /* Places of values that count from the thread pointer; so do places of less than BUNDLE_NEAR_THREAD, with a sign. */
    const uint64_t *thread_words;
    const unsigned char *thread_block; /* of the executable: the main thread's variables */
    const uint32_t *objects;           /* loaded ones, in the order in which they were */
    const uint32_t *replaced;          /* of each of them: all its variables are among `runs` */
    const uint32_t *constructed;       /* those of them whose constructors run first, to ask for the processor */
    const struct bundle_system_word *system_words;
    const struct bundle_library_word *library_words;
    const uint64_t *number_words; /* addresses of words that hold the number of the main thread */
    const uint64_t *count_words;  /* the same for how many processors the process may use */
    const struct bundle_symbol_word *symbol_words;
    const uint64_t *generators; /* addresses of objects that are seeded at each start */
    const struct bundle_key *keys;
    const struct bundle_call *calls;
    const struct bundle_signal *signals;
    const char *const *variables;         /* NAME=VALUE that were set, NAME that were taken away; ends with NULL */
    const char *const *guarded_variables; /* names that must not be set; ends with NULL */
    uint64_t run_count;
    uint64_t copy_count;
    uint64_t kept_word_count;
    uint64_t thread_word_count;
    uint64_t thread_block_size;
    uint64_t object_count;
    uint64_t constructed_count;
    uint64_t system_word_count;
    uint64_t library_word_count;
    uint64_t number_word_count;
    uint64_t count_word_count;
    uint64_t symbol_word_count;
    uint64_t generator_count;
    uint64_t key_count;
    uint64_t call_count;
    uint64_t signal_count;
    uint64_t feature_count;
    const struct bundle_feature *features;     /* of the processor */
    const unsigned char *condition;            /* a new one of the C library that the program was recorded with */
    const struct bundle_condition *conditions; /* NULL: they are not all known */
    uint64_t condition_count;
    uint64_t float_control;  /* what the program has told the processor of numbers with a point; 0: nothing */
    const char *description; /* JSON for `bundle inspect` */
};

/* All of it. The launcher knows this one symbol. */
struct bundle {
    struct bundle_index module_index;
    struct bundle_index file_index;
    struct bundle_index object_index;  /* by path */
    struct bundle_index soname_index;  /* into `sonames` */
    struct bundle_index carried_index; /* by path */
    struct bundle_index interposed_index;
    struct bundle_index precompiled_index;
    const struct bundle_module *modules;
    const struct bundle_file *files;
    const struct bundle_delta *deltas;
    const struct bundle_object *objects;
    const struct bundle_soname *sonames;
    const struct bundle_carried *carried;
    const struct bundle_interposed *interposed;
    const uint32_t *residents; /* resident objects, after those that they need */
    uint64_t resident_count;
    const struct bundle_precompiled *precompiled;
    const struct bundle_code *precompiled_code;
    struct bundle_options options;
    const struct bundle_snapshot *snapshot; /* NULL: the executable has no place for one */
};

extern const struct bundle bundle;

/* In the order of strcmp; only executables that are linked statically have it. */
extern const struct bundle_symbol bundle_symbols[];
extern const uint64_t bundle_symbol_count;

/* What changes when objects are loaded. Zero at first; the build makes room, for it knows how many there are. */
extern unsigned char bundle_object_states[]; /* of each object: enum object_state of loader/objects.h */
extern uint32_t bundle_load_order[];         /* objects in the order in which their constructors ran */
extern struct bundle_debugger_entry bundle_debugger_entries[];
extern uint64_t bundle_unique_addresses[]; /* of symbols that are one for the process; 0 where nobody asked yet */

/* Addresses of the identifier-like strings of static code (str objects of ASCII text), in the order of their hashes, which
   stand in an array of their own: looking for a text that is not there touches no string. */
extern const uint32_t bundle_pool[];
extern const uint32_t bundle_pool_hashes[];
extern const uint32_t bundle_pool_count;

#endif
