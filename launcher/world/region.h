/* The region's blocks, which have a header in front of them, and their numbers: those of the order in which blocks were taken,
   from 1. Whose number counts from the beginning of a period has it in other recordings too, where a module before took more
   blocks for a moment, or fewer. */

#ifndef REGION_H
#define REGION_H

#include "recorded.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Blocks, and what a block takes with its header, are whole ones of these bytes. */
enum { BLOCK_UNIT = 16 };

/* Blocks up to this have every multiple of BLOCK_UNIT as their size; above, there are four steps between powers of two. */
enum { SMALL_BLOCK = 1024 };

_Static_assert(sizeof(struct bundle_block_head) == BLOCK_UNIT, "blocks are aligned");

static inline struct bundle_block_head *
block_head_of(const void *block)
{
    return (struct bundle_block_head *)block - 1;
}

/* The bytes that a block for so many has. */
static inline size_t
block_room(size_t size)
{
    if (size <= SMALL_BLOCK) {
        return size ? (size + BLOCK_UNIT - 1) & ~(size_t)(BLOCK_UNIT - 1) : BLOCK_UNIT;
    }
    unsigned shift = 61 - (unsigned)__builtin_clzl(size - 1);
    size_t step = (size_t)1 << shift;
    return (size + step - 1) & ~(step - 1);
}

/* A zeroed block with this room (see block_room), for a size that was asked for; NULL with errno. */
void *bundle_take_block(size_t room, size_t alignment, size_t size);

void bundle_give_back_block(void *block);

/* Zeroed pages, `room` bytes of them; NULL with errno. */
void *bundle_take_pages(size_t room, size_t size);

/* When all is recorded, and if the request wants to know what a start touches: give out blocks behind all that was, and change
   of those that are given back what a restored process changes. False: nobody knows the numbers of blocks. */
bool bundle_watch_blocks(void);

/* The number of the block that an address lies in; 0 where there is none. */
uint32_t bundle_block_number(const void *address);

/* The number of a block within its period, behind 32 bits for the number of that: see bundle_begin_period. */
uint64_t bundle_lasting_number(uint32_t number);

/* Bytes that a block takes with its header. */
uint64_t bundle_block_size(const void *block);

#endif
