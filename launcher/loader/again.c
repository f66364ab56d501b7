/* Prelinked objects of a snapshot: they were loaded when it was recorded, and are put in place as they were then.

   No constructor runs, but for those that ask for the processor, whose words are then taken over. What an object has written lies in the snapshot; what it takes from libraries of the system is
   looked up anew. Everything that can fail comes before anything is changed. */

#include "interposed.h"
#include "loader/binding.h"
#include "loader/errors.h"
#include "loader/loader.h"
#include "loader/loading.h"
#include "loader/mapping.h"
#include "loader/system_libraries.h"

#include <dlfcn.h>
#include <sys/mman.h>

static bool
open_libraries(const struct bundle_snapshot *snapshot)
{
    const struct link_map *last;
    return !snapshot->object_count
           || bundle_open_system_libraries(snapshot->objects, (uint32_t)snapshot->object_count, &last) == 0;
}

static bool
find_word(const struct bundle_system_word *word, uint64_t *value)
{
    const struct bundle_object *object = &bundle.objects[word->object];
    const struct bundle_patch *patch = &object->patches[word->patch];
    if (patch->kind == BUNDLE_PATCH_SYMBOL) {
        void *found = bundle_system_symbol(patch);
        *value = (uint64_t)found + patch->addend;
        return found != NULL;
    }
    size_t module;
    uint64_t offset;
    if (bundle_find_system_thread_local(object, patch, &module, &offset) < 0) {
        return false;
    }
    *value = patch->kind == BUNDLE_PATCH_TLS_MODULE ? module : offset + patch->addend;
    return true;
}

bool
bundle_find_system_words(const struct bundle_snapshot *snapshot, uint64_t *words)
{
    bool found = open_libraries(snapshot);
    for (uint64_t i = 0; found && i < snapshot->system_word_count; i++) {
        found = find_word(&snapshot->system_words[i], &words[i]);
    }
    bundle_dl_forget();
    return found;
}

bool
bundle_map_objects_again(const struct bundle_snapshot *snapshot, int fd)
{
    uint64_t mapped = 0;
    for (; mapped < snapshot->object_count; mapped++) {
        const struct bundle_object *object = &bundle.objects[snapshot->objects[mapped]];
        if (bundle_map_object(fd, object, !snapshot->replaced[mapped]) < 0) {
            break;
        }
    }
    bool is_mapped = mapped == snapshot->object_count;
    for (; !is_mapped && mapped > 0; mapped--) {
        const struct bundle_object *object = &bundle.objects[snapshot->objects[mapped - 1]];
        __real_munmap((void *)object->base, object->end - object->base);
    }
    bundle_dl_forget();
    return is_mapped;
}

/* `all`: also those of objects whose variables are mapped later. */
static void
write_words(const struct bundle_snapshot *snapshot, const uint64_t *words, bool all)
{
    for (uint64_t i = 0; i < snapshot->system_word_count; i++) {
        const struct bundle_system_word *word = &snapshot->system_words[i];
        if (all || !word->is_replaced) {
            *bundle.objects[word->object].patches[word->patch].place = words[i];
        }
    }
}

void
bundle_write_system_words(const struct bundle_snapshot *snapshot, const uint64_t *words)
{
    write_words(snapshot, words, true);
}

void
bundle_protect_objects(const struct bundle_snapshot *snapshot)
{
    for (uint64_t i = 0; i < snapshot->object_count; i++) {
        const struct bundle_object *object = &bundle.objects[snapshot->objects[i]];
        if (object->relro_size) {
            mprotect((void *)object->relro, object->relro_size, PROT_READ);
        }
    }
}

void
bundle_resolve_anew(uint32_t index)
{
    const struct bundle_object *object = &bundle.objects[index];
    for (uint32_t i = 0; i < object->patch_count; i++) {
        if (object->patches[i].kind == BUNDLE_PATCH_RESOLVER) {
            bundle_call_resolver(&object->patches[i]);
        }
    }
}

void
bundle_construct_anew(uint32_t index)
{
    bundle_run_constructors(&bundle.objects[index]);
}

void
bundle_construct_again(const struct bundle_snapshot *snapshot, const uint64_t *words)
{
    if (!snapshot->constructed_count) {
        return;
    }
    write_words(snapshot, words, false);
    for (uint64_t i = 0; i < snapshot->constructed_count; i++) {
        bundle_resolve_anew(snapshot->constructed[i]);
        bundle_construct_anew(snapshot->constructed[i]);
    }
}
