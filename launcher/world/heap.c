/* Where libpython, the launcher and objects get memory from.

   While a program is recorded: from the region (region.c), or from the arena while constructors run that each start runs anew
   (arena.c). In every other process: from the C library. Blocks of the region and of the arena have a header in front. */

#include "interposed.h"
#include "machine.h"
#include "world/arena.h"
#include "world/region.h"
#include "world/world.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

static void *
take(size_t size, size_t alignment)
{
    if (size > BUNDLE_REGION_ROOM) {
        errno = ENOMEM;
        return NULL;
    }
    size_t room = block_room(size);
    if (!bundle_is_arena_open()) {
        return bundle_take_block(room, alignment, size ? size : 1);
    }
    void *block =
        bundle_take_from_arena(room, alignment < BLOCK_UNIT ? BLOCK_UNIT : alignment, sizeof(struct bundle_block_head));
    if (block) {
        *block_head_of(block) = (struct bundle_block_head){room, 0, size ? size : 1};
    }
    return block;
}

void *
bundle_region_pages(size_t size)
{
    size_t room = (size + MACHINE_PAGE - 1) & ~(size_t)(MACHINE_PAGE - 1);
    return bundle_is_arena_open() ? bundle_take_from_arena(room, MACHINE_PAGE, 0) : bundle_take_pages(room, size);
}

/* A block of the arena is given back, or changed: its constructors may, nobody else. */
static void
spoil(void)
{
    if (!bundle_is_arena_open()) {
        bundle_spoil_arena("memory that it took when it was loaded is given back");
    }
}

/* --- What is called -------------------------------------------------------------------------------------------- */

void *
__wrap_malloc(size_t size)
{
    return bundle_is_recording() ? take(size, BLOCK_UNIT) : __real_malloc(size);
}

void *
__wrap_calloc(size_t count, size_t size)
{
    if (!bundle_is_recording()) {
        return __real_calloc(count, size);
    }
    size_t whole;
    if (__builtin_mul_overflow(count, size, &whole)) {
        errno = ENOMEM;
        return NULL;
    }
    return take(whole, BLOCK_UNIT); /* all that is given out is zero */
}

void
__wrap_free(void *block)
{
    if (bundle_is_recording() && bundle_in_arena(block)) {
        spoil();
    }
    else if (!bundle_in_region(block)) {
        __real_free(block);
    }
    else if (bundle_is_recording()) {
        bundle_give_back_block(block);
    }
    else {
        block_head_of(block)->size = 0;
    }
}

void *
__wrap_realloc(void *block, size_t size)
{
    if (!block) {
        return __wrap_malloc(size);
    }
    bool is_of_arena = bundle_is_recording() && bundle_in_arena(block);
    if (!is_of_arena && !bundle_in_region(block)) {
        return __real_realloc(block, size);
    }
    if (!size) {
        __wrap_free(block);
        return NULL;
    }
    if (is_of_arena) {
        spoil();
    }
    struct bundle_block_head *head = block_head_of(block);
    if (size <= head->room) {
        if (bundle_is_recording()) {
            if (size < head->size) {
                memset((char *)block + size, 0, head->size - size);
            }
            head->size = size;
        }
        return block;
    }
    void *copy = __wrap_malloc(size);
    if (copy) {
        memcpy(copy, block, head->room);
        __wrap_free(block);
    }
    return copy;
}

void *
__wrap_reallocarray(void *block, size_t count, size_t size)
{
    size_t whole;
    if (__builtin_mul_overflow(count, size, &whole)) {
        errno = ENOMEM;
        return NULL;
    }
    return __wrap_realloc(block, whole);
}

int
__wrap_posix_memalign(void **out, size_t alignment, size_t size)
{
    if (!bundle_is_recording()) {
        return __real_posix_memalign(out, alignment, size);
    }
    if (alignment < sizeof(void *) || alignment & (alignment - 1)) {
        return EINVAL;
    }
    int before = errno;
    void *block = take(size, alignment);
    errno = before;
    *out = block ? block : *out;
    return block ? 0 : ENOMEM;
}

void *
__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return bundle_is_recording() ? take(size, alignment) : __real_aligned_alloc(alignment, size);
}

void *
__wrap_memalign(size_t alignment, size_t size)
{
    return bundle_is_recording() ? take(size, alignment) : __real_memalign(alignment, size);
}

size_t
__wrap_malloc_usable_size(void *block)
{
    bool is_ours = block && (bundle_in_region(block) || (bundle_is_recording() && bundle_in_arena(block)));
    return is_ours ? block_head_of(block)->room : __real_malloc_usable_size(block);
}

/* Functions of the C library that hand out blocks of its own heap: what a program keeps of them is to be in the region. */

static void *
copied(const void *bytes, size_t size)
{
    void *copy = __wrap_malloc(size);
    return copy ? memcpy(copy, bytes, size) : NULL;
}

char *
__wrap_strdup(const char *text)
{
    return copied(text, strlen(text) + 1);
}

char *
__wrap___strdup(const char *text)
{
    return copied(text, strlen(text) + 1);
}

char *
__wrap_strndup(const char *text, size_t most)
{
    size_t length = strnlen(text, most);
    char *copy = __wrap_malloc(length + 1);
    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *
__wrap___strndup(const char *text, size_t most)
{
    return __wrap_strndup(text, most);
}

wchar_t *
__wrap_wcsdup(const wchar_t *text)
{
    return copied(text, (wcslen(text) + 1) * sizeof *text);
}

/* --- Memory without a file ---------------------------------------------------------------------------------------- */

/* Of a region's pages: they are zero from now on, as memory that is mapped anew would be. */
int
__wrap_munmap(void *address, size_t size)
{
    bool is_of_arena = bundle_is_recording() && bundle_in_arena(address);
    if (!is_of_arena && (!bundle_is_recording() || !bundle_in_region(address))) {
        return __real_munmap(address, size);
    }
    if (is_of_arena) {
        spoil();
    }
    memset(address, 0, size);
    return 0;
}

int
__wrap_madvise(void *address, size_t size, int advice)
{
    bool is_of_arena = bundle_is_recording() && bundle_in_arena(address);
    if (!is_of_arena && (!bundle_is_recording() || !bundle_in_region(address))) {
        return __real_madvise(address, size, advice);
    }
    if (advice == MADV_DONTNEED) {
        memset(address, 0, size);
    }
    return 0;
}
