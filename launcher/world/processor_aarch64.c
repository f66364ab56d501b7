/* What the processor says of itself. Programs ask the kernel, by AT_HWCAP and its successors in the auxiliary vector. Where they may
   read the registers that tell (ID_AA64*_EL1, MIDR_EL1), the vector says so (HWCAP_CPUID), and these tell the same.

   In a recording that is to show who keeps an answer, the vector answers for a processor that can do nothing but what a
   level asks for. Nothing in the code is replaced.

   Two registers may be read by anybody: how large lines of the caches are, and what must be done before new code can be run. Who
   makes code keeps that (libgcc, __clear_cache). No recording answers differently: what was recorded is for processors that say the
   same. */

#include "interposed.h"
#include "lifetime.h"
#include "world/world.h"

#include <asm/hwcap.h>
#include <sys/auxv.h>

/* Kinds of entries that older headers lack (Linux, include/uapi/linux/auxvec.h). */
enum { THIRD = 29, FOURTH = 30 };

/* Numbers of registers, as in the instruction by which they are read (Arm Architecture Reference Manual, MRS). */
enum { MAIN_ID = 0xc000, CACHE_TYPE = 0xd801, ZEROED_BLOCK = 0xd807 };

/* What processors of two levels have: every one (Armv8.0-A), and those with the instructions for atomic changes and for
   ciphers (Armv8.1-A with the cryptographic extension: servers, and Raspberry Pi from 5 on). */
static const unsigned long levels[] = {
    HWCAP_FP | HWCAP_ASIMD,
    HWCAP_FP | HWCAP_ASIMD | HWCAP_ATOMICS | HWCAP_ASIMDRDM | HWCAP_CRC32 | HWCAP_AES | HWCAP_PMULL | HWCAP_SHA1
        | HWCAP_SHA2,
};

/* What reads these registers itself; the build does not count it. */
#define OWN __attribute__((section("bundle_processor")))

/* `leaf`: a kind of entry of the auxiliary vector, or the number of a register. */
OWN void
bundle_ask_processor(uint32_t leaf, uint32_t subleaf, uint32_t *out)
{
    uint64_t value = 0;
    (void)subleaf;
    if (leaf == CACHE_TYPE) {
        __asm__("mrs %0, ctr_el0" : "=r"(value));
    }
    else if (leaf == ZEROED_BLOCK) {
        __asm__("mrs %0, dczid_el0" : "=r"(value));
    }
    else if (leaf != MAIN_ID) {
        value = __real_getauxval(leaf);
    }
    else if (__real_getauxval(AT_HWCAP) & HWCAP_CPUID) {
        __asm__("mrs %0, midr_el1" : "=r"(value));
    }
    out[0] = (uint32_t)value;
    out[1] = (uint32_t)(value >> 32);
    out[2] = out[3] = 0;
}

/* The row that asks for certain bits as this processor has them. */
static struct bundle_feature
feature_now(uint32_t leaf, uint64_t mask)
{
    struct bundle_feature feature = {leaf, 0, {(uint32_t)mask, (uint32_t)(mask >> 32)}, {0}};
    bundle_ask_processor(leaf, 0, feature.values);
    feature.values[0] &= feature.masks[0];
    feature.values[1] &= feature.masks[1];
    return feature;
}

uint32_t
bundle_all_features(struct bundle_feature *out)
{
    static const uint32_t wanted[] = {AT_HWCAP, AT_HWCAP2, THIRD, FOURTH, MAIN_ID};
    enum { COUNT = sizeof wanted / sizeof *wanted };
    for (size_t i = 0; i < COUNT; i++) {
        out[i] = feature_now(wanted[i], ~UINT64_C(0));
    }
    return COUNT;
}

uint32_t
bundle_least_features(uint32_t level, struct bundle_feature *out)
{
    unsigned long mask = __real_getauxval(AT_HWCAP) & levels[level - 2]; /* what this one lacks, nobody kept */
    *out = feature_now(AT_HWCAP, mask);
    return mask != 0;
}

uint32_t
bundle_cache_features(struct bundle_feature *out)
{
    enum { LINES = 0xf000f, COHERENT = 3 << 28 }; /* DminLine and IminLine; IDC and DIC */
    struct bundle_feature all = feature_now(CACHE_TYPE, ~UINT64_C(0));
    out[0] = feature_now(CACHE_TYPE, LINES | (all.values[0] & COHERENT)); /* to do too much does no harm */
    out[1] = feature_now(ZEROED_BLOCK, 0x1f);
    return 2;
}

static bool
is_hidden(void)
{
    return bundle_is_recording() && bundle.snapshot->request->hidden_level;
}

/* An entry of the auxiliary vector about features. */
static unsigned long
features(unsigned long kind)
{
    unsigned long value = __real_getauxval(kind);
    if (!is_hidden()) {
        return value;
    }
    return kind == AT_HWCAP ? value & levels[bundle.snapshot->request->hidden_level - 2] : 0;
}

/* The second argument of a resolver, and the bit of the first that says that there is one: <sys/ifunc.h>, which C libraries before
   2.30 lack, and to which later ones have added. A resolver sees by the size what is there. */
struct resolver_argument {
    unsigned long size, first, second;
};

#define HAS_ARGUMENT (UINT64_C(1) << 62)

/* The dynamic linker gives a resolver the first entry, and both (glibc, sysdeps/aarch64/dl-irel.h). */
uint64_t
bundle_resolve(uint64_t resolver)
{
    const struct resolver_argument more = {sizeof more, features(AT_HWCAP), features(AT_HWCAP2)};
    return ((uint64_t (*)(uint64_t, const struct resolver_argument *))resolver)(more.first | HAS_ARGUMENT, &more);
}

void
bundle_hide_processor(uint64_t address, uint64_t size, int protection)
{
    (void)address;
    (void)size;
    (void)protection;
}

void
bundle_answer_for_processor(void)
{
}

unsigned long
__wrap_getauxval(unsigned long kind)
{
    unsigned long value = __real_getauxval(kind);
    if (!bundle_is_recording() || kind == AT_PAGESZ || kind == AT_CLKTCK || kind == AT_SECURE) {
        return value;
    }
    if (kind == AT_HWCAP || kind == AT_HWCAP2 || kind == THIRD || kind == FOURTH) {
        return features(kind); /* no question: another recording shows who keeps the answer */
    }
    bundle_note("auxiliary", NULL);
    return kind == AT_MINSIGSTKSZ ? BUNDLE_SIGNAL_STACK : value;
}

unsigned long
__wrap___getauxval(unsigned long kind)
{
    return __wrap_getauxval(kind);
}
