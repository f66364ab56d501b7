/* What a program learns of the machine it runs on, and what it changes there, in the calls by which it does.

   While a program is recorded for a snapshot, its memory comes from a region at a fixed address, what it asks is
   answered in the same way on every machine, and what it asks and does is noted. Else all goes on to the C library. */

#ifndef WORLD_H
#define WORLD_H

#include "bundle.h"
#include "recorded.h"
#include "recording.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/types.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51 /* headers of Linux before 5.14 lack it */
#endif

/* --- Memory --- */

static inline bool
bundle_in_region(const void *address)
{
    return (uint64_t)address - BUNDLE_REGION < BUNDLE_REGION_ROOM;
}

/* Bytes of the region that are used; whole pages. */
uint64_t bundle_region_used(void);

/* How many blocks were taken from it so far. */
uint64_t bundle_blocks_taken(void);

/* Make free blocks zero, for two recordings to be the same. Nothing can be taken from the region afterwards. */
void bundle_close_region(void);

/* When all is recorded, and if the request wants to know which blocks a start touches: note every access to the region. False:
   it does not want to, or that cannot be done. What happens next changes the memory. */
bool bundle_begin_heat(void);

/* The end of that: the blocks, in the order of their addresses, and how many there are. */
const struct bundle_heat *bundle_end_heat(uint64_t *count);

/* Was this block of the region given back, in this process or before? */
bool bundle_is_block_free(const void *block);

/* Zeroed pages of the region. */
void *bundle_region_pages(size_t size);

/* Whoever owns the blocks that are taken from now on: a number of the caller's. Returns the one before. */
uint32_t bundle_set_owner(uint32_t owner);

/* While recording: remember the value of a variable that constructors asked for. */
void bundle_note_variable(const char *name, const char *value);

/* While recording: what stands for `environ` in objects; NULL without memory. */
void *bundle_shown_variables(void);

/* Note whether somebody has read it since the last time. */
void bundle_note_shown_variables(void);

/* The launcher's function that answers in place of one of the C library's; NULL for others. */
void *bundle_answering_function(const char *name);

/* What is taken from here on is counted anew: the import of another module begins, or goes on. */
void bundle_begin_period(void);

/* --- Memory of constructors that each start runs anew (arena.c) --- */

/* From now on memory comes from an arena that is not recorded, and threads wait before they begin; until the arena is closed.
   False: there is no room for one. */
bool bundle_open_arena(void);
void bundle_close_arena(void);

/* Before the environment is another: at a start these constructors find what the program has made of it. See whether the variables
   that they asked for are still the same. */
void bundle_compare_variables(void);

/* All that was taken from it. */
struct bundle_range bundle_arena(void);

/* Say why a start cannot run these constructors. Take the reason that was said; NULL if none was. */
void bundle_spoil_arena(const char *why);
const char *bundle_take_spoiled(void);

/* How many threads wait. */
uint32_t bundle_waiting_threads(void);

/* --- Questions --- */

/* Note one of the program: its kind, and what it is about, or NULL. */
void bundle_note(const char *kind, const char *detail);

/* While recording: clear what is left on the stack below the caller, when functions of the system's libraries have run. Compiled code
   copies structs with what the stack had in their padding, and addresses in these libraries are others in each process. */
void bundle_wipe_stack(void);

/* What was noted: lines of OWNER, LINE, FILE, KIND and DETAIL, with tabs between them. */
const char *bundle_notes(size_t *size);

/* Note nothing from now on. */
void bundle_end_notes(void);

/* The line at which a module's body is, or 0, and the file of the code that runs, below the root of the binary's files, or NULL. */
struct bundle_place {
    int line;
    const char *file;
};

/* Whoever can tell where the program is. */
void bundle_set_locator(struct bundle_place (*locator)(void));

/* What the kernel needs of a stack on which a signal is handled (AT_MINSIGSTKSZ), in each recording: more than any kernel asks for, as
   far as is known (x86-64 with AMX: 11,952). Who makes such a stack with one kernel may use it with another. */
enum { BUNDLE_SIGNAL_STACK = 16 << 10 };

/* From now on answer as in every recording. */
void bundle_answer_alike(void);

/* Answer from now on as the machine on which a start is tried; variables that the program has set stay set. */
void bundle_answer_restored(void);

/* Does the machine that answers now say that every word is among the arguments? */
bool bundle_has_every_argument(void);

/* Has code between these addresses taken random bytes? */
bool bundle_took_chance(uint64_t address, uint64_t end);

/* --- System calls --- */

/* Let handlers of signals that answer have a stack of their own: what they and the kernel leave on one lies elsewhere in each
   process, and programs copy structs with what the stack had in their padding. */
void bundle_own_signal_stack(void);

/* From now on the kernel lets no call through that says or changes anything outside of the process: it is answered or
   noted. False: this kernel cannot. */
bool bundle_stop_calls(void);

/* Where the kernel cannot, instructions that make calls are replaced: do so in code that has come since. False: it cannot be done
   there. Nothing happens if none were replaced before. */
bool bundle_replace_calls_in(uint64_t address, uint64_t size, int protection);

/* Between these, calls pass: those of a function that was noted itself, or that serves files of the binary. */
void bundle_begin_passing(void);
void bundle_end_passing(void);

/* The C library's dlopen. */
void *bundle_open_library(const char *name, int flags);

/* --- The processor --- */

/* Four words about a feature: on x86-64 EAX, EBX, ECX and EDX of a leaf of CPUID. Zeros for one that there is not. */
void bundle_ask_processor(uint32_t leaf, uint32_t subleaf, uint32_t *out);

enum { BUNDLE_MOST_FEATURES = 8 };

/* All that code asks for. How many rows there are, as below. */
uint32_t bundle_all_features(struct bundle_feature *out);

/* What a processor of a level (recorded.h) has, as far as this one has it. */
uint32_t bundle_least_features(uint32_t level, struct bundle_feature *out);

/* What code asks for by instructions that no recording answers: how caches are kept coherent. */
uint32_t bundle_cache_features(struct bundle_feature *out);

/* The result of a resolver of an IFUNC, which may ask for the processor. */
uint64_t bundle_resolve(uint64_t resolver);

/* Where the request wants it: let instructions in a part of the memory ask for another processor, and answer them. */
void bundle_hide_processor(uint64_t address, uint64_t size, int protection);
void bundle_answer_for_processor(void);

/* How many this process may use; 0 if that cannot be told. */
uint32_t bundle_usable_processors(void);

/* May it use only a share of their time (cgroups(7), cpu.max)? Who counts processors may count fewer then. */
bool bundle_is_share_limited(void);

/* --- What the C library is told --- */

/* How often it was told something, or memory was taken. */
uint64_t bundle_world_changes(void);

/* Keys of threads that the program does not get while it is recorded: libraries of other systems take some (before glibc 2.34 that
   of `dlerror` does). */
enum { BUNDLE_SPARE_KEYS = 4 };

/* The keys of threads that constructors have made in this process, in their order. Later ones are not noted, unless it is recorded. */
const struct bundle_key *bundle_early_keys(uint32_t *count);

/* From now on note calls. Earlier ones came from constructors, which run in every start. */
void bundle_note_calls(void);

/* A start constructs this object when it has told the C library of the calls before. */
void bundle_note_construction(uint32_t object);

/* The keys and calls that it was told of, and their numbers. */
struct bundle_told {
    const struct bundle_key *keys;
    const struct bundle_call *calls;
    uint32_t key_count;
    uint32_t call_count;
};
struct bundle_told bundle_told(void);

/* The conditions of threads in recorded memory, and their number; NULL where they are not known. Memory that was freed without an end
   of the condition in it is among them. */
const struct bundle_condition *bundle_conditions(bool (*is_recorded)(const void *address), uint32_t *count);

/* Call the prepare handlers for a fork, last first. The parent handlers never follow. */
void bundle_call_fork_handlers(void);

#endif
