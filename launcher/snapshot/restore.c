/* Restoring: guards, mapping, and telling the C library again.

   Every guard is checked before the first page is replaced: where one fails, the start is a usual one, and nobody can tell. If
   the kernel has no memory after that, the process ends with a message. What runs from there on until all is mapped uses the stack alone, for the launcher's and the interpreter's variables change
   under it. */

#include "snapshot/adopt.h"
#include "snapshot/anew.h"

#include "executable/executable.h"
#include "interposed.h"
#include "lifetime.h"
#include "loader/loader.h"
#include "machine.h"
#include "snapshot/library.h"
#include "snapshot/snapshot.h"
#include "snapshot/thread_block.h"
#include "world/world.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_WORDS = 8192 };

/* Why the start is a usual one; for `BUNDLE_TRACE=snapshot`. */
PER_PROCESS static const char *reason;

static bool
refused(const char *why)
{
    reason = why;
    return false;
}

/* --- Guards ---------------------------------------------------------------------------------------------------------- */

/* Is a variable set, or one of those that begin with "NAME*"? */
static bool
is_set(const char *name)
{
    size_t length = strlen(name) - 1;
    if (name[length] != '*') {
        return __real_getenv(name);
    }
    for (char **variable = environ; variable && *variable; variable++) {
        if (strncmp(*variable, name, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Variables that make the interpreter, or what was imported, another; some mean something when they are empty, too. */
static bool
variables_fit(const struct bundle_snapshot *snapshot)
{
    for (const char *const *name = snapshot->guarded_variables; name && *name; name++) {
        if (is_set(*name)) {
            return refused(*name);
        }
    }
    return true;
}

/* The interpreter refuses to start with a folder for a stream (fileio.c), and does without a closed one. */
static bool
descriptors_fit(void)
{
    for (int fd = 0; fd <= 2; fd++) {
        struct stat facts;
        if (__real_fstat(fd, &facts) < 0) {
            return refused("a closed stream");
        }
        if (S_ISDIR(facts.st_mode)) {
            return refused("a folder in place of a stream");
        }
    }
    return true;
}

/* Are conditions laid out as where the program was recorded? That changed with 2.25, with 2.41, and in later releases of older
   versions (nptl: without g_refs): a program that takes one for the other waits for ever. */
static bool
has_same_conditions(const struct bundle_snapshot *snapshot)
{
    pthread_cond_t condition;
    bundle_make_condition(&condition);
    return memcmp(&condition, snapshot->condition, sizeof condition) == 0;
}

/* Make the program's conditions anew: nobody waits for one. */
static void
make_conditions(const struct bundle_snapshot *snapshot)
{
    for (uint64_t i = 0; i < snapshot->condition_count; i++) {
        const struct bundle_condition *each = &snapshot->conditions[i];
        pthread_condattr_t attributes;
        pthread_condattr_init(&attributes);
        pthread_condattr_setclock(&attributes, (clockid_t)each->clock);
        pthread_condattr_setpshared(&attributes, each->is_shared ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE);
        __real_pthread_cond_init((pthread_cond_t *)each->address, &attributes);
        pthread_condattr_destroy(&attributes);
    }
}

/* Locks and semaphores are laid out in the same way since 2.25. */
static bool
c_library_fits(const struct bundle_snapshot *snapshot)
{
    if (!has_same_conditions(snapshot) && !snapshot->conditions) {
        return refused("the C library's conditions");
    }
    const char *(*version)(void) = (const char *(*)(void))__real_dlsym(RTLD_DEFAULT, "gnu_get_libc_version");
    const char *text = version ? version() : "";
    const char *dot = strchr(text, '.');
    return (dot && atoi(text) == 2 && atoi(dot + 1) >= 25) || refused("the C library's version");
}

static bool
processor_fits(const struct bundle_snapshot *snapshot)
{
    for (uint64_t i = 0; i < snapshot->feature_count; i++) {
        const struct bundle_feature *feature = &snapshot->features[i];
        uint32_t now[4];
        bundle_ask_processor(feature->leaf, feature->subleaf, now);
        for (int j = 0; j < 4; j++) {
            if ((now[j] & feature->masks[j]) != feature->values[j]) {
                return refused("the processor");
            }
        }
    }
    return true;
}

/* Constructors have made as many keys as when the program was recorded. Their numbers may be others: libraries of older systems
   take one before (libdl, for `dlerror`). */
static bool
early_keys_fit(const struct bundle_snapshot *snapshot)
{
    uint32_t count, wanted = 0;
    bundle_early_keys(&count);
    for (uint64_t i = 0; i < snapshot->key_count; i++) {
        wanted += snapshot->keys[i].is_early;
    }
    return count == wanted;
}

/* The C library gives out the lowest free number, and keys are in the order of their numbers. So the same keys come as when the
   program was recorded, behind others that nobody has, unless libraries of this system have taken more than the recording left
   free (BUNDLE_SPARE_KEYS). */
static bool
keys_fit(const struct bundle_snapshot *snapshot)
{
    enum { MOST_OTHERS = 64 };
    pthread_key_t others[MOST_OTHERS];
    size_t other_count = 0;
    uint64_t made = 0;
    bool fits = early_keys_fit(snapshot);
    while (fits && made < snapshot->key_count) {
        const struct bundle_key *key = &snapshot->keys[made];
        pthread_key_t number;
        if (key->is_early) {
            made++;
        }
        else if (__real_pthread_key_create(&number, (void (*)(void *))key->destructor) != 0) {
            fits = false;
        }
        else if (number == key->key) {
            made++;
        }
        else if (number < key->key && other_count < MOST_OTHERS) {
            others[other_count++] = number;
        }
        else {
            __real_pthread_key_delete(number);
            fits = false;
        }
    }
    while (other_count-- > 0) {
        __real_pthread_key_delete(others[other_count]);
    }
    while (!fits && made-- > 0) {
        if (!snapshot->keys[made].is_early) {
            __real_pthread_key_delete(snapshot->keys[made].key);
        }
    }
    return fits || refused("keys of threads");
}

/* --- Mapping -------------------------------------------------------------------------------------------------------------- */

static bool
map_pages(int fd, const struct bundle_run *run)
{
    void *wanted = (void *)run->address;
    return __real_mmap(wanted, run->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd,
                       bundle_own_offset(run->content))
           == wanted;
}

/* Are all pages of the region stored, one behind the other? They are, unless it has large parts of zeros. */
static const struct bundle_run *
whole_region(const struct bundle_snapshot *snapshot)
{
    const struct bundle_run *last = &snapshot->runs[snapshot->run_count - 1];
    return last->address == snapshot->region.address && last->size == snapshot->region.size ? last : NULL;
}

/* Take the region's addresses, if nothing is there; with what is stored of it, if that is one run. */
static bool
take_region(const struct bundle_snapshot *snapshot, int fd)
{
    const struct bundle_run *stored = whole_region(snapshot);
    void *wanted = (void *)snapshot->region.address;
    int flags = MAP_PRIVATE | MAP_FIXED_NOREPLACE | (stored ? 0 : MAP_ANONYMOUS | MAP_NORESERVE);
    void *mapped = __real_mmap(wanted, snapshot->region.size, PROT_READ | PROT_WRITE, flags, stored ? fd : -1,
                               stored ? bundle_own_offset(stored->content) : 0);
    if (mapped != wanted && mapped != MAP_FAILED) { /* Linux before 4.17 takes the address for a wish */
        __real_munmap(mapped, snapshot->region.size);
    }
    return mapped == wanted || refused("addresses in use");
}

/* --- Telling the C library again -------------------------------------------------------------------------------------------- */

static void
tell_again(const struct bundle_snapshot *snapshot)
{
    uint32_t early_count;
    const struct bundle_key *early = bundle_early_keys(&early_count);
    for (uint64_t i = 0; i < snapshot->key_count; i++) {
        const struct bundle_key *key = &snapshot->keys[i];
        pthread_key_t number = key->is_early ? early++->key : key->key;
        if (key->value) {
            pthread_setspecific(number, (void *)key->value);
        }
    }
    if (snapshot->object_count) {
        bundle_register_destructors();
    }
    for (const char *const *variable = snapshot->variables; variable && *variable; variable++) {
        putenv((char *)*variable); /* without "=" it is taken away (glibc) */
    }
    for (uint64_t i = 0; i < snapshot->call_count; i++) {
        const struct bundle_call *call = &snapshot->calls[i];
        uint64_t local = call->is_argument_local ? (uint64_t)__builtin_thread_pointer() : 0;
        void *argument = (void *)(call->argument + local);
        if (call->kind == BUNDLE_CALL_EXIT) {
            __real___cxa_atexit((void (*)(void *))call->function, argument, (void *)call->object);
        }
        else if (call->kind == BUNDLE_CALL_FORK) {
            __real___register_atfork((void (*)(void))call->function, (void (*)(void))argument,
                                     (void (*)(void))call->child, (void *)call->object);
        }
        else if (call->kind == BUNDLE_CALL_CONSTRUCT) {
            bundle_construct_anew((uint32_t)call->object);
        }
        else {
            __real___cxa_thread_atexit_impl((void (*)(void *))call->function, argument, (void *)call->object);
        }
    }
}

/* The libraries that ended their threads before the recording go on as after a fork. */
static void
call_child_handlers(const struct bundle_snapshot *snapshot)
{
    for (uint64_t i = 0; i < snapshot->call_count; i++) {
        if (snapshot->calls[i].kind == BUNDLE_CALL_FORK && snapshot->calls[i].child) {
            ((void (*)(void))snapshot->calls[i].child)();
        }
    }
}

/* --- All of it ------------------------------------------------------------------------------------------------------------------ */

_Noreturn static void
die(void)
{
    /* Half of the memory is the recorded one: there is no way back. Only an exhausted kernel comes here. */
    static const char text[] = "the program cannot be started: not enough memory\n";
    (void)!__real_write(2, text, sizeof text - 1);
    _exit(127);
}

/* What a start finds before it changes anything, for words that hold it. */
struct found {
    uint64_t *system_words;
    uint64_t *symbols;
    uint32_t processors;
};

static bool
find_symbols(const struct bundle_snapshot *snapshot, uint64_t *out)
{
    for (uint64_t i = 0; i < snapshot->symbol_word_count; i++) {
        out[i] = (uint64_t)__real_dlsym(RTLD_DEFAULT, snapshot->symbol_words[i].symbol);
        if (!out[i]) {
            __real_dlerror();
            return false;
        }
    }
    return true;
}

static void
write_known_words(const struct bundle_snapshot *snapshot, const struct found *found)
{
    uint64_t addresses[BUNDLE_MOST_LIBRARY_ADDRESSES];
    if (snapshot->library_word_count) {
        bundle_library_addresses(addresses);
    }
    for (uint64_t i = 0; i < snapshot->library_word_count; i++) {
        *(uint64_t *)snapshot->library_words[i].address = addresses[snapshot->library_words[i].number];
    }
    for (uint64_t i = 0; i < snapshot->number_word_count; i++) {
        *(uint64_t *)snapshot->number_words[i] = (uint64_t)__real_gettid();
    }
    for (uint64_t i = 0; i < snapshot->count_word_count; i++) {
        *(uint64_t *)snapshot->count_words[i] = found->processors;
    }
    for (uint64_t i = 0; i < snapshot->symbol_word_count; i++) {
        *(uint64_t *)snapshot->symbol_words[i].address = found->symbols[i];
    }
}

/* Replace the memory. `fd`: the executable's file. */
static void
replace_memory(const struct bundle_snapshot *snapshot, int fd, struct bundle_thread_block block,
               const struct found *found)
{
    uint64_t thread = (uint64_t)__builtin_thread_pointer();
    uint64_t kept[snapshot->kept_word_count + 1];
    bundle_construct_again(snapshot, found->system_words);
    for (uint64_t i = 0; i < snapshot->kept_word_count; i++) {
        kept[i] = *(const uint64_t *)snapshot->kept_words[i];
    }
    uint64_t left = snapshot->run_count - (whole_region(snapshot) != NULL);
    for (uint64_t i = 0; i < left; i++) {
        if (!map_pages(fd, &snapshot->runs[i])) {
            die();
        }
    }
    for (uint64_t i = 0; i < snapshot->copy_count; i++) {
        memcpy((void *)snapshot->copies[i].address, snapshot->copies[i].content, snapshot->copies[i].size);
    }
    for (uint64_t i = 0; i < snapshot->kept_word_count; i++) {
        *(uint64_t *)snapshot->kept_words[i] = kept[i];
    }
    memcpy(block.address, snapshot->thread_block, block.size);
    for (uint64_t i = 0; i < snapshot->thread_word_count; i++) {
        /* One in the thread's own block is given by its distance from the thread pointer. */
        uint64_t place = snapshot->thread_words[i];
        *(uint64_t *)((int64_t)place < BUNDLE_NEAR_THREAD ? place + thread : place) += thread;
    }
    bundle_write_system_words(snapshot, found->system_words);
    write_known_words(snapshot, found);
    if (!has_same_conditions(snapshot)) {
        make_conditions(snapshot);
    }
    for (uint64_t i = 0; i < snapshot->call_count; i++) {
        if (snapshot->calls[i].kind == BUNDLE_CALL_CONSTRUCT) {
            bundle_resolve_anew((uint32_t)snapshot->calls[i].object);
        }
    }
    bundle_protect_objects(snapshot);
}

static bool
guards_hold(const struct bundle_snapshot *snapshot)
{
    if (__real_getauxval(AT_SECURE)) {
        return refused("another user's rights");
    }
    if (__real_getauxval(AT_PAGESZ) > MACHINE_PAGE) {
        return refused("the size of pages");
    }
    if (__real_getauxval(AT_MINSIGSTKSZ) > BUNDLE_SIGNAL_STACK) {
        return refused("the size of stacks for signals");
    }
    return variables_fit(snapshot) && descriptors_fit() && c_library_fits(snapshot) && processor_fits(snapshot);
}

/* How many this process may use; 0 where libraries may count in another way. */
static uint32_t
count_processors(void)
{
    return bundle_is_share_limited() ? 0 : bundle_usable_processors();
}

static bool
restore(const struct bundle_snapshot *snapshot)
{
    if (!guards_hold(snapshot)) {
        return false;
    }
    struct bundle_thread_block block = bundle_find_thread_block();
    if (block.size != snapshot->thread_block_size || snapshot->system_word_count > MOST_WORDS
        || snapshot->kept_word_count > MOST_WORDS || snapshot->symbol_word_count > MOST_WORDS) {
        return refused("the executable's own variables");
    }
    uint64_t system_words[snapshot->system_word_count + 1];
    uint64_t symbols[snapshot->symbol_word_count + 1];
    const struct found found = {system_words, symbols, snapshot->count_word_count ? count_processors() : 1};
    if (!found.processors) {
        return refused("the number of processors");
    }
    if (!bundle_find_system_words(snapshot, system_words) || !find_symbols(snapshot, symbols)) {
        return refused("libraries of the system");
    }
    int fd = bundle_open_own_file();
    if (fd < 0) {
        return refused("the executable's file");
    }
    bool is_mapped = false;
    if ((bundle_locale_fits(snapshot->asks_codeset) || refused("the locale")) && take_region(snapshot, fd)) {
        is_mapped =
            keys_fit(snapshot) && (bundle_map_objects_again(snapshot, fd) || refused("objects cannot be mapped"));
        if (!is_mapped) {
            __real_munmap((void *)snapshot->region.address, snapshot->region.size);
        }
    }
    if (is_mapped) {
        if (bundle_coerces_locale() || (snapshot->variables && *snapshot->variables)) {
            bundle_keep_environment();
        }
        bundle_coerce_locale();
        replace_memory(snapshot, fd, block, &found);
    }
    else {
        bundle_leave_locale();
    }
    close(fd);
    return is_mapped;
}

static void
tell(const char *name, const char *what)
{
    if (bundle_traces("snapshot")) {
        __real_fprintf(stderr, "%s: snapshot: %s\n", name, what);
    }
}

bool
bundle_restore(const struct bundle_start *start)
{
    const struct bundle_snapshot *snapshot = bundle.snapshot;
    if (!snapshot || start->command != BUNDLE_RUN_APP) {
        return false; /* children that a pool starts, say */
    }
    if (snapshot->state != BUNDLE_RECORDED) {
        tell(start->argv[0], "none");
        return false;
    }
    const char *asked = __real_getenv("BUNDLE_SNAPSHOT");
    bool is_restored = asked && strcmp(asked, "no") == 0 ? refused("BUNDLE_SNAPSHOT=no")
                       : start->is_anew                  ? refused("a start could not go on from it")
                       : bundle_traces("imports")        ? refused("BUNDLE_TRACE=imports")
                                                         : restore(snapshot);
    tell(start->argv[0], is_restored ? "restored" : reason);
    if (is_restored && snapshot->float_control) {
        machine_set_float_control(snapshot->float_control); /* constructors of libraries may do so */
    }
    if (is_restored) {
        tell_again(snapshot);
        call_child_handlers(snapshot);
    }
    return is_restored;
}
