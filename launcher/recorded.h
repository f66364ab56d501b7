/* The contract of recorded runs: where their memory lies, what stands in front of its blocks, and the parts that they write.

   Included by the launcher, and read by bundler/snapshot through cffi (bundler/contract.py). Plain C; macros are numbers. */

#ifndef RECORDED_H
#define RECORDED_H

#include <stdint.h>

/* The region that memory comes from. It lies above prelinked objects (64 GiB and up). The kernel places what is mapped without an
   address above it, QEMU's emulation below. */
#define BUNDLE_REGION 0x6000000000ul
#define BUNDLE_REGION_ROOM 0x400000000ul

/* Where the stack lies. */
#define BUNDLE_STACK 0x5f00000000ul
#define BUNDLE_STACK_SIZE 0x4000000ul

/* In front of each block of the region. */
struct bundle_block_head {
    uint64_t room : 40; /* bytes that it has; all of one class have the same */
    uint64_t owner : 24;
    uint64_t size; /* that were asked for; 0 when it is free */
};

/* Of owners: random bytes are the same for it in each recording. */
enum { BUNDLE_STEADY = 1 << 23 };

/* Micro-architecture levels of other processors that a program is recorded with. */
enum { BUNDLE_FIRST_LEVEL = 2, BUNDLE_LAST_LEVEL = 3 };

/* Parts of a recording, which lie one behind the other: this, then `size` bytes. */
struct bundle_part {
    uint32_t kind; /* enum bundle_part_kind */
    uint32_t reserved;
    uint64_t address; /* of memory; a number where something else is said so */
    uint64_t size;
};

/* A fact that is so is a part with one byte; one that is not so has none. */
enum bundle_part_kind {
    BUNDLE_PART_NOTES = 1,     /* lines: world/world.h */
    BUNDLE_PART_FAILURE,       /* a text: why there is no recording */
    BUNDLE_PART_END,           /* the recording is whole */
    BUNDLE_PART_GRAPH,         /* graph.py */
    BUNDLE_PART_CALLED,        /* called.c */
    BUNDLE_PART_LOCALE,        /* a fact: the locale is the one that it was at first */
    BUNDLE_PART_MASK,          /* a fact: the same signals are blocked */
    BUNDLE_PART_STREAMS,       /* a fact: nothing but the standard streams holds what lies below them */
    BUNDLE_PART_VARIABLE,      /* NAME=VALUE of the environment */
    BUNDLE_PART_BEFORE,        /* the executable's variables when a start gets to the snapshot */
    BUNDLE_PART_EXECUTABLE,    /* the same in the end */
    BUNDLE_PART_REGION,        /* as much as is used */
    BUNDLE_PART_OBJECT,        /* a writable segment */
    BUNDLE_PART_CONSTRUCTED,   /* the same when constructors had run; empty if they wrote elsewhere, too */
    BUNDLE_PART_SPOILED,       /* a text: why a start cannot construct the object with this number */
    BUNDLE_PART_THREAD,        /* at the thread pointer: where the main thread's variables are */
    BUNDLE_PART_THREAD_BLOCK,  /* these variables */
    BUNDLE_PART_GENERATOR,     /* the size of an object of `random.Random` */
    BUNDLE_PART_LIBRARY,       /* uint64_t[]: library.c */
    BUNDLE_PART_ORDER,         /* uint32_t[]: objects */
    BUNDLE_PART_KEYS,          /* struct bundle_key[] */
    BUNDLE_PART_CALLS,         /* struct bundle_call[] */
    BUNDLE_PART_SIGNALS,       /* struct bundle_signal[] */
    BUNDLE_PART_FEATURES,      /* struct bundle_feature[]: of this processor */
    BUNDLE_PART_LEAST,         /* the same, of the level with this number */
    BUNDLE_PART_CACHES,        /* the same, of what no recording answers */
    BUNDLE_PART_NEW_CONDITION, /* pthread_cond_t */
    BUNDLE_PART_CONDITIONS,    /* struct bundle_condition[]; missing where they are not known */
    BUNDLE_PART_HEAT,          /* struct bundle_heat[] */
    BUNDLE_PART_FLOAT_CONTROL, /* the processor's floating-point control (machine.h) in place of an address; 0: as it was at first */
};

#endif
