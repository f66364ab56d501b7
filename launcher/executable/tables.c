/* Look-up in the tables that the binary carries. */

#include "executable/executable.h"

#include <string.h>

uint32_t
bundle_hash_text(const char *text)
{
    uint32_t hash = 2166136261u;
    for (; *text; text++) {
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    }
    return hash;
}

const void *
bundle_find(const struct bundle_index *index, const void *records, size_t size, const char *text)
{
    for (uint32_t slot = bundle_hash_text(text);; slot++) {
        uint32_t found = index->slots[slot & index->mask];
        if (!found) {
            return NULL;
        }
        const void *record = (const char *)records + (found - 1) * size;
        if (strcmp(*(const char *const *)record, text) == 0) {
            return record;
        }
    }
}
