/* Thread-local storage of objects that would be much for every thread to have: made when a thread first asks for it.

   Code in shared objects asks __tls_get_addr for the address of a thread-local variable (ELF Handling For Thread-Local
   Storage, 3.4). Objects ask the function below, which knows the numbers that the build has given to objects, and passes
   all others on. Objects whose code counts from the thread pointer have their storage in the executable's own block. */

#include "bundle.h"
#include "interposed.h"
#include "lifetime.h"
#include "loader/objects.h"
#include "machine.h"

#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of one thread: what was allocated for each object, NULL where it never asked. */
MACHINE_READ_BY_ASSEMBLER(__thread void **blocks, "bundle_thread_blocks");
static __thread int rounds;

PER_PROCESS static pthread_key_t ending;
PER_PROCESS static bool has_ending;
PER_PROCESS static pthread_once_t ending_once = PTHREAD_ONCE_INIT;

/* Destructors of other libraries' keys may still use their storage, so free it in the last round of them. */
static void
end_thread(void *own)
{
    if (++rounds < PTHREAD_DESTRUCTOR_ITERATIONS - 1) {
        pthread_setspecific(ending, own);
        return;
    }
    for (uint32_t i = 0; i < bundle.object_index.count; i++) {
        free(blocks[i]);
    }
    free(blocks);
    blocks = NULL;
}

static void
make_key(void)
{
    /* Should there be none left, storage of threads that have ended is lost memory. */
    has_ending = pthread_key_create(&ending, end_thread) == 0;
}

/* As in the C library, code that asks for an address cannot be told that there is no memory (elf/dl-tls.c, oom). */
static void *
checked(void *allocated)
{
    if (!allocated) {
        fputs("cannot allocate memory for thread-local data: ABORT\n", stderr);
        abort();
    }
    return allocated;
}

/* How far from an aligned address the storage starts, so that its variables lie as the linker has laid them out. */
static uint64_t
lead(const struct bundle_object *object)
{
    return object->thread_start & (object->thread_alignment - 1);
}

static void *
make_block(const struct bundle_object *object, uint32_t number)
{
    if (!blocks) {
        pthread_once(&ending_once, make_key);
        blocks = checked(calloc(bundle.object_index.count, sizeof *blocks));
        if (has_ending) {
            pthread_setspecific(ending, blocks);
        }
    }
    uint64_t alignment = object->thread_alignment < sizeof(void *) ? sizeof(void *) : object->thread_alignment;
    void *block = NULL;
    if (posix_memalign(&block, alignment, lead(object) + object->thread_size) != 0) {
        block = NULL;
    }
    char *start = (char *)checked(block) + lead(object);
    memcpy(start, (const void *)object->thread_start, object->thread_start_size);
    memset(start + object->thread_start_size, 0, object->thread_size - object->thread_start_size);
    blocks[number] = block;
    return block;
}

MACHINE_ALIGNS_STACK void *
__wrap___tls_get_addr(struct thread_local_index *index)
{
    uint64_t number = index->module - BUNDLE_DYNAMIC_MODULE;
    if (number >= bundle.object_index.count) {
        return __tls_get_addr(index);
    }
    const struct bundle_object *object = &bundle.objects[number];
    void *block = blocks ? blocks[number] : NULL;
    if (!block) {
        block = make_block(object, (uint32_t)number);
    }
    return (char *)block + lead(object) + index->offset;
}
