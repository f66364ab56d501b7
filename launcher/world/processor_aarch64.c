/* What the processor says of itself. Programs ask the kernel, by AT_HWCAP and AT_HWCAP2 of the auxiliary vector, for the
   registers that tell are not for programs; where they are (ID_AA64*_EL1, Linux 4.11 and later), they tell the same.

   In a recording that is to show who keeps an answer, the vector answers for a processor that can do nothing but what a
   level asks for. Nothing in the code is replaced. */

#include "interposed.h"
#include "lifetime.h"
#include "world/world.h"

#include <asm/hwcap.h>
#include <sys/auxv.h>

/* What processors of two levels have: every one (Armv8.0-A), and those with the instructions for atomic changes and for
   ciphers (Armv8.1-A with the cryptographic extension: servers, and Raspberry Pi from 5 on). */
static const unsigned long levels[] = {
    HWCAP_FP | HWCAP_ASIMD,
    HWCAP_FP | HWCAP_ASIMD | HWCAP_ATOMICS | HWCAP_ASIMDRDM | HWCAP_CRC32 | HWCAP_AES | HWCAP_PMULL | HWCAP_SHA1
        | HWCAP_SHA2,
};

/* `leaf`: a kind of entry of the auxiliary vector. */
void
bundle_ask_processor(uint32_t leaf, uint32_t subleaf, uint32_t *out)
{
    unsigned long value = __real_getauxval(leaf);
    (void)subleaf;
    out[0] = (uint32_t)value;
    out[1] = (uint32_t)(value >> 32);
    out[2] = out[3] = 0;
}

uint32_t
bundle_least_features(uint32_t level, struct bundle_feature *out)
{
    struct bundle_feature feature = {AT_HWCAP, 0, {0}, {0}};
    unsigned long value = __real_getauxval(AT_HWCAP) & levels[level - 2]; /* what this one lacks, nobody kept */
    feature.masks[0] = feature.values[0] = (uint32_t)value;
    feature.masks[1] = feature.values[1] = (uint32_t)(value >> 32);
    out[0] = feature;
    return value != 0;
}

static bool
is_hidden(void)
{
    return bundle_is_recording() && bundle.snapshot->request->hidden_level;
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
    bool is_feature = kind == AT_HWCAP || kind == AT_HWCAP2;
    bundle_note(is_feature ? "processor" : "auxiliary", NULL);
    if (!is_feature || !is_hidden()) {
        return value;
    }
    return kind == AT_HWCAP ? value & levels[bundle.snapshot->request->hidden_level - 2] : 0;
}
