/* Maps what objects hold: from the executable's file, or, where that cannot be opened, from its memory. */

#include "loader/mapping.h"

#include "executable/executable.h"
#include "interposed.h"
#include "loader/errors.h"
#include "world/world.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* Map at a fixed address; -1 with errno. `flags`: MAP_FIXED, or MAP_FIXED_NOREPLACE where nothing is to be there. */
static int
map_at(uint64_t address, uint64_t size, int protection, int flags, int fd, off_t offset)
{
    void *wanted = (void *)address;
    void *mapped = __real_mmap(wanted, size, protection, MAP_PRIVATE | flags, fd, offset);
    if (mapped != wanted && mapped != MAP_FAILED) { /* Linux before 4.17 takes the address for a wish */
        munmap(mapped, size);
        errno = EEXIST;
    }
    return mapped == wanted ? 0 : -1;
}

/* The same with bytes that are mapped already, in the executable's tables, where they are needed no more. For when the
   file cannot be opened; else their own mapping is better, for some systems let no memory become executable. */
static int
move_to(uint64_t address, uint64_t size, int protection, const void *content)
{
    if (map_at(address, size, PROT_NONE, MAP_FIXED_NOREPLACE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) < 0) {
        return -1;
    }
    bundle_moved_contents = true;
    void *moved = mremap((void *)content, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)address);
    return moved == MAP_FAILED ? -1 : mprotect(moved, size, protection);
}

/* `fd`: the executable's file, or negative when it cannot be opened. `fixed`: as in map_at. */
static int
map_segment(int fd, const struct bundle_segment *segment, int fixed)
{
    int protection = (int)segment->protection;
    uint64_t from_file = segment->file_size;
    if (from_file && fd >= 0
        && map_at(segment->address, from_file, protection, fixed, fd, bundle_own_offset(segment->content)) < 0) {
        return -1;
    }
    if (from_file && fd < 0 && move_to(segment->address, from_file, protection, segment->content) < 0) {
        return -1;
    }
    uint64_t zeros = segment->memory_size - from_file;
    return zeros ? map_at(segment->address + from_file, zeros, protection, fixed | MAP_ANONYMOUS, -1, 0) : 0;
}

/* Does the file hold the segments one behind the other, as the memory does? */
static bool
is_one_piece(const struct bundle_object *object)
{
    for (uint32_t i = 1; i < object->segment_count; i++) {
        const struct bundle_segment *last = &object->segments[i - 1];
        const struct bundle_segment *next = &object->segments[i];
        if (last->address + last->file_size != next->address
            || (const char *)last->content + last->file_size != next->content) {
            return false;
        }
    }
    return object->segment_count > 0;
}

/* Map all of an object as constants first, with one call; three of five segments are that, usually. */
static int
map_piece(int fd, const struct bundle_object *object, bool with_variables)
{
    const struct bundle_segment *first = &object->segments[0];
    const struct bundle_segment *last = &object->segments[object->segment_count - 1];
    uint64_t size = last->address + last->memory_size - first->address;
    off_t offset = bundle_own_offset(first->content);
    if (map_at(first->address, size, PROT_READ, MAP_FIXED_NOREPLACE, fd, offset) < 0) {
        return -1;
    }
    for (uint32_t i = 0; i < object->segment_count; i++) {
        const struct bundle_segment *segment = &object->segments[i];
        bool is_constant = segment->protection == PROT_READ || (segment->protection & PROT_WRITE && !with_variables);
        if (!is_constant && map_segment(fd, segment, MAP_FIXED) < 0) {
            int reason = errno;
            munmap((void *)first->address, size);
            errno = reason;
            return -1;
        }
    }
    return 0;
}

static int
map_segments(int fd, const struct bundle_object *object)
{
    int status = 0;
    for (uint32_t i = 0; i < object->segment_count && status == 0; i++) {
        status = map_segment(fd, &object->segments[i], MAP_FIXED_NOREPLACE);
    }
    return status;
}

/* Why a segment could not be mapped. Memory that becomes executable is what some systems refuse (systemd's
   MemoryDenyWriteExecute=); a file that is mapped is not. */
static const char *
unmapped_reason(int fd)
{
    bool is_refused = errno == EACCES || errno == EPERM;
    return fd < 0 && is_refused ? "this system needs to read the executable's file for that, and cannot"
                                : strerror(errno);
}

int
bundle_map_object(int fd, const struct bundle_object *object, bool with_variables)
{
    int status = fd >= 0 && is_one_piece(object) ? map_piece(fd, object, with_variables) : map_segments(fd, object);
    if (status < 0) {
        bundle_dl_fail("%s: cannot be mapped: %s", object->path, unmapped_reason(fd));
        return -1;
    }
    for (uint32_t i = 0; i < object->segment_count; i++) {
        const struct bundle_segment *segment = &object->segments[i];
        if (segment->protection & PROT_EXEC) {
            bundle_hide_processor(segment->address, segment->memory_size, (int)segment->protection);
            if (!bundle_replace_calls_in(segment->address, segment->memory_size, (int)segment->protection)) {
                bundle_note("system-library", object->path);
            }
        }
    }
    return 0;
}
