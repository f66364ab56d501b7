/* What the processor says of itself. Programs ask with the instruction CPUID, which no function stands in front of.

   In a recording that is to show who keeps an answer, each CPUID that the build has found is replaced by UD2, of the same two
   bytes, and the signal's handler answers for a processor of another maker that can do nothing but what a level asks for.
   A pair of bytes that is part of another instruction makes this one recording fail or differ, and no other. */

#include "interposed.h"
#include "lifetime.h"
#include "world/world.h"

#include <signal.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <ucontext.h>

/* The bits of CPUID for two micro-architecture levels (x86-64 psABI, section 3.1.1): x86-64-v2, and x86-64-v3 with AES,
   PCLMULQDQ and RDRAND, which all processors of that level on the market have. */
static const struct level {
    uint32_t first_ecx, seventh_ebx, extended_ecx;
} levels[] = {
    {
        1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20
            | 1u << 23, /* SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT */
        0,
        1u << 0, /* LAHF */
    },
    {
        1u << 0 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 23 /* the same */
            | 1u << 12 | 1u << 22 | 1u << 26 | 1u << 27 | 1u << 28
            | 1u << 29                       /* FMA, MOVBE, XSAVE, OSXSAVE, AVX, F16C */
            | 1u << 1 | 1u << 25 | 1u << 30, /* PCLMULQDQ, AES, RDRAND */
        1u << 3 | 1u << 5 | 1u << 8,         /* BMI1, AVX2, BMI2 */
        1u << 0 | 1u << 5,                   /* LZCNT */
    },
};

static const unsigned char ask[] = {0x0f, 0xa2};    /* CPUID */
static const unsigned char refuse[] = {0x0f, 0x0b}; /* UD2 */

/* What holds these bytes itself; the build leaves it as it is. */
#define OWN __attribute__((section("bundle_processor")))

OWN void
bundle_ask_processor(uint32_t leaf, uint32_t subleaf, uint32_t *out)
{
    uint32_t highest = 1, ignored[3]; /* every processor of this kind has the first leaf, and the first extended one */
    if ((leaf & ~0x80000000u) > 1) {
        __asm__("cpuid"
                : "=a"(highest), "=b"(ignored[0]), "=c"(ignored[1]), "=d"(ignored[2])
                : "a"(leaf & 0x80000000u), "c"(0));
    }
    out[0] = out[1] = out[2] = out[3] = 0;
    if ((highest & ~0x80000000u) >= (leaf & ~0x80000000u)) {
        __asm__("cpuid" : "=a"(out[0]), "=b"(out[1]), "=c"(out[2]), "=d"(out[3]) : "a"(leaf), "c"(subleaf));
    }
}

/* Bits of CPUID that say what the processor has (Intel's manual, volume 2), as far as code asks for them. */
uint32_t
bundle_all_features(struct bundle_feature *out)
{
    static const uint32_t wanted[][6] = {
        {1, 0, 0, 0, ~0u & ~(1u << 27), ~0u}, /* OSXSAVE is the kernel's */
        {7, 0, 0, ~0u, ~0u, ~0u},
        {7, 1, ~0u, 0, 0, ~0u},
        {0xd, 1, 0xf, 0, 0, 0},
        {0x80000001, 0, 0, 0, ~0u, ~0u},
    };
    enum { COUNT = sizeof wanted / sizeof *wanted };
    for (size_t i = 0; i < COUNT; i++) {
        struct bundle_feature *feature = &out[i];
        memset(feature, 0, sizeof *feature);
        feature->leaf = wanted[i][0];
        feature->subleaf = wanted[i][1];
        bundle_ask_processor(feature->leaf, feature->subleaf, feature->values);
        for (int j = 0; j < 4; j++) {
            feature->masks[j] = wanted[i][2 + j];
            feature->values[j] &= feature->masks[j];
        }
    }
    return COUNT;
}

/* Caches are coherent by themselves. */
uint32_t
bundle_cache_features(struct bundle_feature *out)
{
    (void)out;
    return 0;
}

/* A resolver asks by CPUID. */
uint64_t
bundle_resolve(uint64_t resolver)
{
    return ((uint64_t (*)(void))resolver)();
}

uint32_t
bundle_least_features(uint32_t level, struct bundle_feature *out)
{
    const struct level *least = &levels[level - 2];
    const struct bundle_feature wanted[] = {
        {1, 0, {0, 0, least->first_ecx, 0}, {0}},
        {7, 0, {0, least->seventh_ebx, 0, 0}, {0}},
        {0x80000001u, 0, {0, 0, least->extended_ecx, 0}, {0}},
    };
    uint32_t count = 0;
    for (uint32_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        struct bundle_feature feature = wanted[i];
        uint32_t any = 0;
        bundle_ask_processor(feature.leaf, feature.subleaf, feature.values);
        for (int j = 0; j < 4; j++) {
            feature.values[j] &= feature.masks[j];
            feature.masks[j] = feature.values[j]; /* what this one lacks, nobody kept */
            any |= feature.masks[j];
        }
        if (any) {
            out[count++] = feature;
        }
    }
    return count;
}

static bool
is_hidden(void)
{
    return bundle_is_recording() && bundle.snapshot->request->hidden_count;
}

/* The other processor's answer; fields as in Intel's manual, volume 2, CPUID. */
static void
answer(uint32_t leaf, uint32_t subleaf, uint32_t *out)
{
    bundle_ask_processor(leaf, subleaf, out);
    const struct level *level = &levels[bundle.snapshot->request->hidden_level - 2];
    switch (leaf) {
    case 0: { /* its maker's name */
        static const uint32_t makers[2][3] = {{0x756e6547, 0x6c65746e, 0x49656e69},
                                              {0x68747541, 0x444d4163, 0x69746e65}};
        const uint32_t *maker = makers[out[1] == makers[0][0]];
        out[1] = maker[0];
        out[2] = maker[1];
        out[3] = maker[2];
        break;
    }
    case 1:
        out[0] = 0x000106a5; /* its model */
        out[2] &= level->first_ecx;
        break;
    case 4: /* the sizes of its caches */
        out[2] = out[0] & 31 ? 2 * out[2] + 1 : out[2];
        break;
    case 0x80000006:
        out[2] ^= 1u << 24;
        break;
    case 7:
        out[0] = out[2] = out[3] = 0;
        out[1] &= subleaf ? 0 : level->seventh_ebx;
        break;
    case 0x80000001:
        out[1] = 0;
        out[2] &= level->extended_ecx;
        out[3] &= 1u << 11 | 1u << 20 | 1u << 29; /* SYSCALL, NX, LM */
        break;
    case 0xd:
        out[0] = subleaf == 1 ? 0 : out[0];
        break;
    case 0x14:
    case 0x19:
    case 0x1e:
    case 0x24:
        out[0] = out[1] = out[2] = out[3] = 0;
        break;
    default:
        break;
    }
}

static void
answer_instruction(int number, siginfo_t *info, void *context)
{
    (void)info;
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    if (memcmp((const void *)registers[REG_RIP], refuse, sizeof refuse) != 0) {
        signal(number, SIG_DFL); /* the instruction is tried again */
        return;
    }
    uint32_t out[4];
    answer((uint32_t)registers[REG_RAX], (uint32_t)registers[REG_RCX], out);
    registers[REG_RAX] = out[0];
    registers[REG_RBX] = out[1];
    registers[REG_RCX] = out[2];
    registers[REG_RDX] = out[3];
    registers[REG_RIP] += sizeof refuse;
}

OWN void
bundle_hide_processor(uint64_t address, uint64_t size, int protection)
{
    static const uint64_t page = 4096;
    for (uint64_t i = 0; is_hidden() && i < bundle.snapshot->request->hidden_count; i++) {
        uint64_t place = bundle.snapshot->request->hidden[i];
        if (place - address >= size || memcmp((const void *)place, ask, sizeof ask) != 0) {
            continue;
        }
        void *first = (void *)(place & ~(page - 1));
        uint64_t length = ((place + 1) | (page - 1)) + 1 - (uint64_t)first;
        if (mprotect(first, length, PROT_READ | PROT_WRITE | PROT_EXEC) == 0) {
            memcpy((void *)place, refuse, sizeof refuse);
            mprotect(first, length, protection);
        }
    }
}

void
bundle_answer_for_processor(void)
{
    if (is_hidden()) {
        struct sigaction action = {.sa_sigaction = answer_instruction,
                                   .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK};
        __real_sigaction(SIGILL, &action, NULL);
    }
}

/* The kernel's note of the processor: on this kind of processor, EDX of the first leaf. */
unsigned long
__wrap_getauxval(unsigned long kind)
{
    unsigned long value = __real_getauxval(kind);
    if (!bundle_is_recording() || kind == AT_PAGESZ || kind == AT_CLKTCK || kind == AT_SECURE) {
        return value;
    }
    bool is_feature = kind == AT_HWCAP || kind == AT_HWCAP2;
    bundle_note(is_feature ? "processor" : "auxiliary", NULL);
    if (kind == AT_MINSIGSTKSZ) {
        return BUNDLE_SIGNAL_STACK;
    }
    return is_feature && is_hidden() ? 0 : value;
}

unsigned long
__wrap___getauxval(unsigned long kind)
{
    return __wrap_getauxval(kind);
}
