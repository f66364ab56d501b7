/* The region: memory at a fixed address for a program that is recorded, given out by a simple allocator whose answers depend
   only on what it was asked before.

   Blocks are known by their addresses; a header in front of each holds its size. A restored process never reuses them: `free`
   only sets the size in the header to 0. The memory that this wastes is bounded by the size of the recording.

   Blocks are numbered in the order in which they are taken, which is the same in every recording. A first recording shows
   which of them each start touches (heat.c); in later ones those lie together, so that a start touches few pages. */

#include "world/region.h"
#include "interposed.h"
#include "lifetime.h"
#include "machine.h"
#include "world/world.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

enum {
    MOST_PERIODS = 1 << 20,
    UNIT = BLOCK_UNIT,
    SMALL_CLASSES = SMALL_BLOCK / UNIT,
    CLASSES = SMALL_CLASSES + 40 * 4
};

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

static void **
free_list(size_t room)
{
    if (room <= SMALL_BLOCK) {
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
    uint64_t start = part->used + sizeof(struct bundle_block_head);
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
    uint64_t first = ((uint64_t)block_head_of(block) - BUNDLE_REGION) / UNIT;
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

void *
bundle_take_block(size_t room, size_t alignment, size_t size)
{
    pthread_mutex_lock(&lock);
    uint64_t number = ++region.taken;
    void *block = alignment <= UNIT && region.is_mapped ? take_hot(room) : NULL;
    void **free_blocks = free_list(room);
    if (!block && alignment <= UNIT && *free_blocks) {
        block = *free_blocks;
        *free_blocks = *(void **)block;
        *(void **)block = NULL;
    }
    block = block ? block : carve(room, alignment < UNIT ? UNIT : alignment, sizeof(struct bundle_block_head));
    if (block) {
        *block_head_of(block) = (struct bundle_block_head){room, region.owner, size};
    }
    if (block && region.numbers && !region.is_watched) {
        note_number(block, room, number);
    }
    pthread_mutex_unlock(&lock);
    return block;
}

void
bundle_give_back_block(void *block)
{
    size_t room = block_head_of(block)->room;
    pthread_mutex_lock(&lock);
    if (region.is_watched) {
        block_head_of(block)->size = 0; /* as in a restored process */
    }
    else if (!region.is_closed) {
        memset(block, 0, room); /* nothing of what was there is left: recordings are the same, and zeros need no room */
        *block_head_of(block) = (struct bundle_block_head){room, 0, 0};
        *(void **)block = *free_list(room);
        *free_list(room) = block;
    }
    pthread_mutex_unlock(&lock);
}

void *
bundle_take_pages(size_t room, size_t size)
{
    pthread_mutex_lock(&lock);
    void *pages = carve(room, MACHINE_PAGE, sizeof(struct bundle_block_head));
    if (pages) {
        *block_head_of(pages) = (struct bundle_block_head){room, region.owner, size};
    }
    pthread_mutex_unlock(&lock);
    return pages;
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

uint64_t
bundle_region_used(void)
{
    return (region.used + MACHINE_PAGE - 1) & ~(uint64_t)(MACHINE_PAGE - 1);
}

uint32_t
bundle_set_owner(uint32_t owner)
{
    uint32_t before = region.owner;
    region.owner = owner;
    return before;
}

bool
bundle_is_block_free(const void *block)
{
    return block_head_of(block)->size == 0;
}

uint64_t
bundle_block_size(const void *block)
{
    return sizeof(struct bundle_block_head) + block_head_of(block)->room;
}

/* --- Numbers of blocks ------------------------------------------------------------------------------------------------ */

uint64_t
bundle_blocks_taken(void)
{
    return region.taken;
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
