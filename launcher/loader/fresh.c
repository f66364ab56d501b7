/* Fresh objects: those that each start constructs itself, although the rest of the memory is restored.

   The build asks for them when constructors of an object keep what they ask the machine, or start threads. It can be done if they
   change nothing but the object's own variables, and memory that they take, and if nobody changes that afterwards: then the
   object is restored as it was before them. Here it is seen, while a program is recorded, whether that is so. */

#include "interposed.h"
#include "lifetime.h"
#include "loader/loader.h"
#include "loader/loading.h"
#include "loader/objects.h"
#include "world/world.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, MOST_PARTS = 4096 };

/* A part of the memory, and a copy of it. */
struct part {
    char *address;
    uint64_t size;
    char *copy;
    uint32_t owner; /* an object */
};

/* What constructors of fresh objects have made: their variables, and their part of the arena. */
PER_PROCESS static struct part made[MOST_PARTS];
PER_PROCESS static uint32_t made_count;

/* Why an object cannot be constructed anew at each start. */
PER_PROCESS static struct {
    uint32_t object;
    const char *why;
} spoiled[MOST_PARTS];
PER_PROCESS static uint32_t spoiled_count;

static void
note_spoiled(uint32_t object, const char *why)
{
    if (why && spoiled_count < MOST_PARTS) {
        spoiled[spoiled_count].object = object;
        spoiled[spoiled_count++].why = why;
    }
}

bool
bundle_is_fresh(uint32_t index)
{
    const struct bundle_request *request = bundle.snapshot->request;
    for (uint32_t i = 0; bundle_is_recording() && i < request->fresh_count; i++) {
        if (request->fresh[i] == index) {
            return true;
        }
    }
    return false;
}

/* Copy a part: whole pages, of which those of zeros need no room. False: there is no memory. */
static bool
copy_part(struct part *part)
{
    static const char zeros[PAGE];
    part->copy =
        __real_mmap(NULL, part->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (part->copy == MAP_FAILED) {
        return false;
    }
    for (uint64_t at = 0; at < part->size; at += PAGE) {
        uint64_t size = part->size - at < PAGE ? part->size - at : PAGE;
        if (memcmp(part->address + at, zeros, size) != 0) {
            memcpy(part->copy + at, part->address + at, size);
        }
    }
    return true;
}

static void
add_part(struct part *parts, uint32_t *count, uint32_t owner, uint64_t address, uint64_t size)
{
    struct part part = {(char *)address, size, NULL, owner};
    if (!size) {
        return;
    }
    if (*count == MOST_PARTS || !copy_part(&part)) {
        bundle_spoil_arena("there is too much to compare");
        return;
    }
    parts[(*count)++] = part;
}

static void
add_variables(struct part *parts, uint32_t *count, uint32_t owner)
{
    const struct bundle_object *object = &bundle.objects[owner];
    for (uint32_t i = 0; i < object->segment_count; i++) {
        if (object->segments[i].protection & PROT_WRITE) {
            add_part(parts, count, owner, object->segments[i].address, object->segments[i].memory_size);
        }
    }
}

static bool
is_as_it_was(const struct part *part)
{
    return memcmp(part->address, part->copy, part->size) == 0;
}

static int
add_thread_block(struct dl_phdr_info *info, size_t size, void *out)
{
    (void)size;
    struct part *block = out;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_TLS) {
            *block = (struct part){info->dlpi_tls_data, info->dlpi_phdr[i].p_memsz, NULL, 0};
        }
    }
    return 1; /* the executable comes first */
}

/* --- What constructors do -------------------------------------------------------------------------------------------- */

/* All that a recording holds, without an object's own variables. */
static uint32_t
note_others(struct part *parts, uint32_t own)
{
    const struct bundle_request *request = bundle.snapshot->request;
    uint32_t count = 0;
    for (uint64_t i = 0; i < request->range_count; i++) {
        add_part(parts, &count, own, request->ranges[i].address, request->ranges[i].size);
    }
    add_part(parts, &count, own, BUNDLE_REGION, bundle_region_used());
    struct part block = {NULL, 0, NULL, 0};
    __real_dl_iterate_phdr(add_thread_block, &block);
    add_part(parts, &count, own, (uint64_t)block.address, block.size);
    for (uint32_t i = 0; i < bundle.object_index.count; i++) {
        if (i != own && bundle_is_mapped(i)) {
            add_variables(parts, &count, i);
        }
    }
    size_t variables = 0;
    while (environ && environ[variables]) {
        variables++;
    }
    add_part(parts, &count, own, (uint64_t)environ, variables * sizeof *environ);
    return count;
}

void
bundle_construct_fresh(uint32_t index, void (*construct)(const struct bundle_object *object))
{
    const struct bundle_object *object = &bundle.objects[index];
    struct part *others = __real_mmap(NULL, MOST_PARTS * sizeof *others, PROT_READ | PROT_WRITE,
                                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (others == MAP_FAILED) {
        note_spoiled(index, "there is too much to compare");
        construct(object);
        return;
    }
    bundle_note_construction(index);
    uint32_t count = note_others(others, index);
    char **variables = environ;
    if (!bundle_open_arena()) {
        bundle_spoil_arena("there is no room for its memory");
    }
    uint64_t start = bundle_arena().size;
    construct(object);
    bundle_close_arena();
    bool is_alone = environ == variables;
    for (uint32_t i = 0; i < count; i++) {
        is_alone = is_alone && is_as_it_was(&others[i]);
        __real_munmap(others[i].copy, others[i].size);
    }
    __real_munmap(others, MOST_PARTS * sizeof *others);
    if (!is_alone) {
        bundle_spoil_arena("it changes other memory when it is loaded");
    }
    add_variables(made, &made_count, index);
    struct bundle_range arena = bundle_arena();
    add_part(made, &made_count, index, arena.address + start, arena.size - start);
    note_spoiled(index, bundle_take_spoiled());
}

void
bundle_tell_spoiled(void (*tell)(uint32_t object, const char *why))
{
    const struct bundle_request *request = bundle.snapshot->request;
    const char *later = bundle_take_spoiled();
    for (uint32_t i = 0; i < request->fresh_count; i++) {
        note_spoiled(request->fresh[i], later);
    }
    for (uint32_t i = 0; i < made_count; i++) {
        if (!is_as_it_was(&made[i])) {
            note_spoiled(made[i].owner, "what it made when it was loaded is changed later");
        }
    }
    for (uint32_t i = 0; i < spoiled_count; i++) {
        tell(spoiled[i].object, spoiled[i].why);
    }
}
