/* Blocks of the region, by their numbers: those of the order in which they were taken, from 1. Whose number counts from the
   beginning of a period has it in other recordings too, where a module before took more blocks for a moment, or fewer. */

#ifndef HEAP_H
#define HEAP_H

#include <stdbool.h>
#include <stdint.h>

/* Blocks, and what a block takes with its header, are whole ones of these bytes. */
enum { BLOCK_UNIT = 16 };

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
