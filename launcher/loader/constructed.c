/* What objects hold when their constructors have run, while a program is recorded: who wrote a word, a constructor or somebody
   later? */

#include "interposed.h"
#include "lifetime.h"
#include "loader/loader.h"
#include "loader/loading.h"

#include <string.h>
#include <sys/mman.h>

/* By object; in memory that is not recorded. */
PER_PROCESS static void **copies;

static void *
room(uint64_t size)
{
    void *pages =
        __real_mmap(NULL, size + 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

/* A copy of all that an object can write. */
static void *
copy_segments(const struct bundle_object *object)
{
    uint64_t size = 0;
    for (uint32_t i = 0; i < object->segment_count; i++) {
        size += object->segments[i].protection & PROT_WRITE ? object->segments[i].memory_size : 0;
    }
    char *copy = room(size);
    char *at = copy;
    for (uint32_t i = 0; copy && i < object->segment_count; i++) {
        const struct bundle_segment *segment = &object->segments[i];
        if (segment->protection & PROT_WRITE) {
            memcpy(at, (const void *)segment->address, segment->memory_size);
            at += segment->memory_size;
        }
    }
    return copy;
}

void
bundle_note_constructed(uint32_t index, bool is_pure)
{
    const struct bundle_object *object = &bundle.objects[index];
    copies = copies ? copies : room(bundle.object_index.count * sizeof *copies);
    if (copies && object->segment_count && is_pure) {
        copies[index] = copy_segments(object);
    }
}

const void *
bundle_constructed(uint32_t object)
{
    return copies ? copies[object] : NULL;
}
