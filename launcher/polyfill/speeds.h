/* Speeds of terminal lines. From glibc 2.42 on they are numbers of bits a second (<termios.h>, termios(3)); before, and
   in what the kernel is given, they are bits of c_cflag. */

#ifndef SPEEDS_H
#define SPEEDS_H

#include "polyfill/polyfill.h"

#define SPEED_MASK 0010017u /* CBAUD with CBAUDEX (asm-generic/termbits.h) */

#define NO_INPUT_SPEED 020000000000u /* in c_iflag: it is that of the output (IBAUD0) */

struct terminal_settings { /* struct termios */
    unsigned input_flags, output_flags, control_flags, local_flags;
    unsigned char line, characters[32];
    unsigned input_speed, output_speed;
};

static const struct polyfill_speed {
    unsigned bits, code;
} polyfill_speeds[] = {
    {0, 0},
    {50, 1},
    {75, 2},
    {110, 3},
    {134, 4},
    {150, 5},
    {200, 6},
    {300, 7},
    {600, 8},
    {1200, 9},
    {1800, 10},
    {2400, 11},
    {4800, 12},
    {9600, 13},
    {19200, 14},
    {38400, 15},
    {57600, 010001},
    {115200, 010002},
    {230400, 010003},
    {460800, 010004},
    {500000, 010005},
    {576000, 010006},
    {921600, 010007},
    {1000000, 010010},
    {1152000, 010011},
    {1500000, 010012},
    {2000000, 010013},
    {2500000, 010014},
    {3000000, 010015},
    {3500000, 010016},
    {4000000, 010017},
};

/* The entry for a number of bits, NULL where lines have no such speed. */
static inline const struct polyfill_speed *
polyfill_speed_of_bits(unsigned bits)
{
    for (size_t i = 0; i < sizeof polyfill_speeds / sizeof *polyfill_speeds; i++) {
        if (polyfill_speeds[i].bits == bits) {
            return &polyfill_speeds[i];
        }
    }
    return NULL;
}

/* The bits that c_cflag stands for; 0 where they are not in its table. */
static inline unsigned
polyfill_bits_of_flags(unsigned flags)
{
    for (size_t i = 0; i < sizeof polyfill_speeds / sizeof *polyfill_speeds; i++) {
        if (polyfill_speeds[i].code == (flags & SPEED_MASK)) {
            return polyfill_speeds[i].bits;
        }
    }
    return 0;
}

#endif
