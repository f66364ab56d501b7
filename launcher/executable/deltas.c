/* Deltas: what makes the file of a prelinked object of what is stored of it (bundler/link/deltas.py), for binding changed that. */

#include "executable/executable.h"
#include "interposed.h"
#include "lifetime.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

PER_PROGRAM bool bundle_moved_contents;

/* Copy and add as the steps say; false when they make another size or the data are damaged. */
static bool
apply_steps(const struct bundle_delta *delta, const unsigned char *unpacked, unsigned char *out, uint64_t size)
{
    const struct bundle_delta_step *steps = (const void *)unpacked;
    const unsigned char *added = unpacked + delta->step_count * sizeof *steps;
    const unsigned char *stored = delta->contents;
    for (uint64_t i = 0; i < delta->step_count; i++) {
        const struct bundle_delta_step *step = &steps[i];
        if (step->copied > size || step->added > size - step->copied) {
            return false;
        }
        stored += step->skipped;
        memcpy(out, stored, step->copied);
        memcpy(out + step->copied, added, step->added);
        stored += step->copied;
        added += step->added;
        out += step->copied + step->added;
        size -= step->copied + step->added;
    }
    return size == 0 && added == unpacked + delta->unpacked_size;
}

bool
bundle_apply_delta(const struct bundle_delta *delta, unsigned char *out, uint64_t size)
{
    if (bundle_moved_contents && bundle_object_states[delta->object]) {
        errno = ENOTSUP; /* what was stored has become the object */
        return false;
    }
    void *unpacked =
        __real_mmap(NULL, delta->unpacked_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (unpacked == MAP_FAILED) {
        return false;
    }
    bool done = bundle_inflate(delta->packed, delta->packed_size, unpacked, delta->unpacked_size)
                && apply_steps(delta, unpacked, out, size);
    munmap(unpacked, delta->unpacked_size);
    errno = done ? errno : EIO;
    return done;
}
