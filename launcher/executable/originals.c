/* The bytes of the files that prelinked objects were made of: put together from what is stored of the objects, which was
   changed when they were bound, and from what is kept besides (bundler/link/originals.py). */

#include "executable/executable.h"
#include "interposed.h"
#include "lifetime.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

PER_PROGRAM bool bundle_moved_contents;

/* Copy and insert as the pieces say; false when they make another size or the data are damaged. */
static bool
put_together(const struct bundle_original *original, const unsigned char *unpacked, unsigned char *out, uint64_t size)
{
    const struct bundle_piece *pieces = (const void *)unpacked;
    const unsigned char *inserted = unpacked + original->piece_count * sizeof *pieces;
    const unsigned char *stored = original->contents;
    for (uint64_t i = 0; i < original->piece_count; i++) {
        const struct bundle_piece *piece = &pieces[i];
        if (piece->copied > size || piece->inserted > size - piece->copied) {
            return false;
        }
        stored += piece->skipped;
        memcpy(out, stored, piece->copied);
        memcpy(out + piece->copied, inserted, piece->inserted);
        stored += piece->copied;
        inserted += piece->inserted;
        out += piece->copied + piece->inserted;
        size -= piece->copied + piece->inserted;
    }
    return size == 0 && inserted == unpacked + original->unpacked_size;
}

bool
bundle_restore_original(const struct bundle_original *original, unsigned char *out, uint64_t size)
{
    if (bundle_moved_contents && bundle_object_states[original->object]) {
        errno = ENOTSUP; /* what was stored has become the object */
        return false;
    }
    void *unpacked =
        __real_mmap(NULL, original->unpacked_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (unpacked == MAP_FAILED) {
        return false;
    }
    bool done = bundle_inflate(original->packed, original->packed_size, unpacked, original->unpacked_size)
                && put_together(original, unpacked, out, size);
    munmap(unpacked, original->unpacked_size);
    errno = done ? errno : EIO;
    return done;
}
