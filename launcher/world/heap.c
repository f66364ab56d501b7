/* Where libpython, the launcher and objects get memory from.

   While a program is recorded: from a region at a fixed address, by a simple allocator whose answers depend only on what
   it was asked before. In every other process: from the C library. Blocks of the region are known by their addresses; a header
   in front of each holds its size. A restored process never reuses them: `free` only sets the size in the header to 0. The
   memory that this wastes is bounded by the size of the recording.

   Blocks are numbered in the order in which they are taken, which is the same in every recording. A first recording shows
   which of them each start touches (heat.c); in later ones those lie together, so that a start touches few pages. */

#include "world/heap.h"
#include "interposed.h"
#include "lifetime.h"
#include "machine.h"
#include "world/arena.h"
#include "world/world.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <wchar.h>

enum {
    MOST_PERIODS = 1 << 20,
    UNIT = BLOCK_UNIT,
    SMALL = 1024,
    SMALL_CLASSES = SMALL / UNIT,
    CLASSES = SMALL_CLASSES + 40 * 4
};

/* In front of each block. */
struct head {
    uint64_t room : 40; /* bytes that it has; all of one class have the same */
    uint64_t owner : 24;
    uint64_t size; /* that were asked for; 0 when it is free */
};
_Static_assert(sizeof(struct head) == UNIT, "blocks are aligned");

/* A part of the region, up to a page's end, for blocks that each start touches. */
struct hot_part {
    uint64_t used;
    uint64_t end;
};

PER_PROCESS static struct {
    bool is_mapped;
    bool is_closed;
    bool is_watched;
    uint32_t owner;
    uint64_t used;
    uint64_t taken; /* blocks */
    uint32_t period;
    uint64_t period_start;   /* blocks taken before */
    uint64_t *period_starts; /* of all periods, where somebody wants to know numbers */
    void *free_blocks[CLASSES];
    struct hot_part hot[2]; /* for blocks that are read, and for those that are written */
    uint64_t next_hot;      /* in the request's list */
    uint32_t *numbers;      /* of the block in which each unit of the region lies; NULL: nobody wants to know */
} region;

PER_PROCESS static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static struct head *
head_of(const void *block)
{
    return (struct head *)block - 1;
}

/* Multiples of 16 up to 1 KiB, then four steps between powers of two. */
static size_t
rounded(size_t size)
{
    if (size <= SMALL) {
        return size ? (size + UNIT - 1) & ~(size_t)(UNIT - 1) : UNIT;
    }
    unsigned shift = 61 - (unsigned)__builtin_clzl(size - 1);
    size_t step = (size_t)1 << shift;
    return (size + step - 1) & ~(step - 1);
}

static void **
free_list(size_t room)
{
    if (room <= SMALL) {
        return &region.free_blocks[room / UNIT - 1];
    }
    unsigned power = 63 - (unsigned)__builtin_clzl(room);
    return &region.free_blocks[SMALL_CLASSES + (power - 10) * 4 + ((room >> (power - 2)) & 3)];
}

static bool
map_region(void)
{
    void *wanted = (void *)BUNDLE_REGION;
    void *mapped = __real_mmap(wanted, BUNDLE_REGION_ROOM, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    region.is_mapped = mapped == wanted;
    const struct bundle_request *request = bundle.snapshot->request;
    for (size_t i = 0; i < 2; i++) {
        region.hot[i].used = region.used;
        region.used += (request->hot_sizes[i] + MACHINE_PAGE - 1) & ~(uint64_t)(MACHINE_PAGE - 1);
        region.hot[i].end = region.used;
    }
    if (MACHINE_STOPS && request->wants_heat) {
        void *numbers = __real_mmap(NULL, BUNDLE_REGION_ROOM / UNIT * sizeof *region.numbers, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        void *starts = __real_mmap(NULL, MOST_PERIODS * sizeof *region.period_starts, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        bool has_both = numbers != MAP_FAILED && starts != MAP_FAILED;
        region.numbers = has_both ? numbers : NULL;
        region.period_starts = has_both ? starts : NULL;
    }
    return region.is_mapped;
}

/* Room among the blocks that each start touches, if the next one is one of them; else NULL. */
static void *
take_hot(size_t room)
{
    uint64_t number = (uint64_t)region.period << 32 | (region.taken - region.period_start);
    const struct bundle_request *request = bundle.snapshot->request;
    uint64_t *next = &region.next_hot;
    while (*next < request->hot_count && request->hot[*next] >> 1 < number) {
        ++*next;
    }
    if (*next == request->hot_count || request->hot[*next] >> 1 != number) {
        return NULL;
    }
    struct hot_part *part = &region.hot[request->hot[*next] & 1];
    uint64_t start = part->used + sizeof(struct head);
    if (start + room > part->end) {
        return NULL;
    }
    part->used = start + room;
    return (void *)(BUNDLE_REGION + start);
}

/* Remember which block lies there. */
static void
note_number(const void *block, size_t room, uint64_t number)
{
    uint64_t first = ((uint64_t)head_of(block) - BUNDLE_REGION) / UNIT;
    for (uint64_t i = 0; i <= room / UNIT; i++) {
        region.numbers[first + i] = (uint32_t)number;
    }
}

/* Room behind all that is used; NULL with errno. */
static void *
carve(size_t size, size_t alignment, size_t head)
{
    bool is_open = !region.is_closed && (region.is_mapped || map_region());
    uint64_t start = (region.used + head + alignment - 1) & ~(uint64_t)(alignment - 1);
    if (!is_open || size > BUNDLE_REGION_ROOM - start) {
        errno = ENOMEM;
        return NULL;
    }
    region.used = start + size;
    return (void *)(BUNDLE_REGION + start);
}

static void *
take(size_t size, size_t alignment)
{
    if (size > BUNDLE_REGION_ROOM) {
        errno = ENOMEM;
        return NULL;
    }
    size_t room = rounded(size);
    if (bundle_is_arena_open()) {
        void *block = bundle_take_from_arena(room, alignment < UNIT ? UNIT : alignment, sizeof(struct head));
        if (block) {
            *head_of(block) = (struct head){room, 0, size ? size : 1};
        }
        return block;
    }
    pthread_mutex_lock(&lock);
    uint64_t number = ++region.taken;
    void *block = alignment <= UNIT && region.is_mapped ? take_hot(room) : NULL;
    void **free_blocks = free_list(room);
    if (!block && alignment <= UNIT && *free_blocks) {
        block = *free_blocks;
        *free_blocks = *(void **)block;
        *(void **)block = NULL;
    }
    block = block ? block : carve(room, alignment < UNIT ? UNIT : alignment, sizeof(struct head));
    if (block) {
        *head_of(block) = (struct head){room, region.owner, size ? size : 1};
    }
    if (block && region.numbers && !region.is_watched) {
        note_number(block, room, number);
    }
    pthread_mutex_unlock(&lock);
    return block;
}

/* A block of the arena is given back, or changed: its constructors may, nobody else. */
static void
spoil(void)
{
    if (!bundle_is_arena_open()) {
        bundle_spoil_arena("memory that it took when it was loaded is given back");
    }
}

static void
give_back(void *block)
{
    size_t room = head_of(block)->room;
    pthread_mutex_lock(&lock);
    if (region.is_watched) {
        head_of(block)->size = 0; /* as in a restored process */
    }
    else if (!region.is_closed) {
        memset(block, 0, room); /* nothing of what was there is left: recordings are the same, and zeros need no room */
        *head_of(block) = (struct head){room, 0, 0};
        *(void **)block = *free_list(room);
        *free_list(room) = block;
    }
    pthread_mutex_unlock(&lock);
}

void *
bundle_region_pages(size_t size)
{
    size_t room = (size + MACHINE_PAGE - 1) & ~(size_t)(MACHINE_PAGE - 1);
    if (bundle_is_arena_open()) {
        return bundle_take_from_arena(room, MACHINE_PAGE, 0);
    }
    pthread_mutex_lock(&lock);
    void *pages = carve(room, MACHINE_PAGE, sizeof(struct head));
    if (pages) {
        *head_of(pages) = (struct head){room, region.owner, size};
    }
    pthread_mutex_unlock(&lock);
    return pages;
}

uint64_t
bundle_region_used(void)
{
    return (region.used + MACHINE_PAGE - 1) & ~(uint64_t)(MACHINE_PAGE - 1);
}

uint64_t
bundle_blocks_taken(void)
{
    return region.taken;
}

void
bundle_close_region(void)
{
    for (size_t i = 0; i < CLASSES; i++) {
        for (void *block = region.free_blocks[i]; block;) {
            void *next = *(void **)block;
            *(void **)block = NULL;
            block = next;
        }
        region.free_blocks[i] = NULL;
    }
    region.is_closed = true;
}

bool
bundle_watch_blocks(void)
{
    region.is_watched = region.numbers != NULL;
    region.is_closed = !region.is_watched;
    return region.is_watched;
}

uint32_t
bundle_block_number(const void *address)
{
    return region.numbers[((uint64_t)address - BUNDLE_REGION) / UNIT];
}

uint64_t
bundle_lasting_number(uint32_t number)
{
    uint64_t first = 0, last = region.period;
    while (first < last) {
        uint64_t middle = (first + last + 1) / 2;
        if (region.period_starts[middle] < number) {
            first = middle;
        }
        else {
            last = middle - 1;
        }
    }
    return first << 32 | (number - region.period_starts[first]);
}

uint64_t
bundle_block_size(const void *block)
{
    return sizeof(struct head) + head_of(block)->room;
}

uint32_t
bundle_set_owner(uint32_t owner)
{
    uint32_t before = region.owner;
    region.owner = owner;
    return before;
}

void
bundle_begin_period(void)
{
    pthread_mutex_lock(&lock);
    if (region.period < MOST_PERIODS - 1) {
        region.period++;
        region.period_start = region.taken;
        if (region.period_starts) {
            region.period_starts[region.period] = region.taken;
        }
    }
    pthread_mutex_unlock(&lock);
}

/* --- What is called -------------------------------------------------------------------------------------------- */

void *
__wrap_malloc(size_t size)
{
    return bundle_is_recording() ? take(size, UNIT) : __real_malloc(size);
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
    return take(whole, UNIT); /* all that is given out is zero */
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
        give_back(block);
    }
    else {
        head_of(block)->size = 0;
    }
}

bool
bundle_is_block_free(const void *block)
{
    return head_of(block)->size == 0;
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
    struct head *head = head_of(block);
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
    return is_ours ? head_of(block)->room : __real_malloc_usable_size(block);
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
