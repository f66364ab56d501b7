/* What a recorded program asked and did: lines of text, outside of the recorded memory. */

#include "world/notes.h"
#include "interposed.h"
#include "lifetime.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROOM = 64 << 20, LONGEST = 4096, WIPED = 32 << 10 };

PER_PROCESS static struct {
    char *text;
    size_t size;
    struct bundle_place (*locator)(void);
    bool is_over;
} notes;

PER_PROCESS static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t
copy_line_part(char *to, const char *text)
{
    size_t length = strnlen(text, LONGEST);
    for (size_t i = 0; i < length; i++) {
        to[i] = text[i] == '\n' || text[i] == '\t' ? ' ' : text[i];
    }
    return length;
}

void
bundle_note(const char *kind, const char *detail)
{
    pthread_mutex_lock(&lock);
    if (!notes.text) {
        void *room =
            __real_mmap(NULL, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        notes.text = room == MAP_FAILED ? NULL : room;
    }
    uint32_t owner = bundle_set_owner(0);
    bundle_set_owner(owner);
    if (notes.text && !notes.is_over && notes.size + 3 * LONGEST < ROOM) {
        char *at = notes.text + notes.size;
        struct bundle_place place = notes.locator ? notes.locator() : (struct bundle_place){0, NULL};
        at += sprintf(at, "%u\t%d\t", owner & ~(uint32_t)BUNDLE_STEADY, place.line);
        at += place.file ? copy_line_part(at, place.file) : 0;
        *at++ = '\t';
        at += copy_line_part(at, kind);
        *at++ = '\t';
        at += detail ? copy_line_part(at, detail) : 0;
        *at++ = '\n';
        notes.size = (size_t)(at - notes.text);
    }
    pthread_mutex_unlock(&lock);
    bundle_wipe_stack();
}

__attribute__((noinline)) static void
wipe(void)
{
    char below[WIPED];
    memset(below, 0, sizeof below);
    __asm__ volatile("" : : "r"(below) : "memory");
}

void
bundle_wipe_stack(void)
{
    uint64_t left = (uint64_t)__builtin_frame_address(0) - BUNDLE_STACK;
    if (bundle_is_recording() && left < BUNDLE_STACK_SIZE && left > 2ul * WIPED) { /* other threads have small stacks */
        wipe();
    }
}

void bundle_set_locator(struct bundle_place (*locator)(void))
{
    notes.locator = locator;
}

void
bundle_end_notes(void)
{
    notes.is_over = true;
}

const char *
bundle_notes(size_t *size)
{
    *size = notes.size;
    return notes.text;
}
