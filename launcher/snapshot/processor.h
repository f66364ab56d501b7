/* What the processor can do. */

#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <stdint.h>

/* EAX, EBX, ECX and EDX of a leaf of CPUID; zeros for one that there is not. */
static inline void
bundle_ask_processor(uint32_t leaf, uint32_t subleaf, uint32_t *out)
{
    uint32_t highest, ignored[3];
    __asm__("cpuid"
            : "=a"(highest), "=b"(ignored[0]), "=c"(ignored[1]), "=d"(ignored[2])
            : "a"(leaf & 0x80000000u), "c"(0));
    out[0] = out[1] = out[2] = out[3] = 0;
    if (highest >= leaf) {
        __asm__("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(subleaf));
    }
}

#endif
