/* The garbage collector: its generations, and the objects that it knows. */

#ifndef COMPAT_COLLECTOR_H
#define COMPAT_COLLECTOR_H

#include "compat/python.h"

/* The threshold of the youngest generation in the main interpreter: collections start when that many more objects were
   made than freed. It has its value before that interpreter exists (pycore_runtime_init.h). */
static inline int *
compat_gc_threshold(void)
{
    return &_PyRuntime._main_interpreter.gc.generations[0].threshold;
}

/* Count all young objects of the main interpreter as old, without looking at them (gcmodule.c, gc.c: gc_list_merge). */
static inline void
compat_gc_age(void)
{
    struct _gc_runtime_state *gc = &_PyRuntime._main_interpreter.gc;
    PyGC_Head *young = &gc->generations[0].head;
    PyGC_Head *old = &gc->generations[NUM_GENERATIONS - 1].head;
    if (_PyGCHead_NEXT(young) != young) {
        PyGC_Head *first = _PyGCHead_NEXT(young);
        PyGC_Head *last = _PyGCHead_PREV(young);
        PyGC_Head *end = _PyGCHead_PREV(old);
        _PyGCHead_SET_NEXT(end, first);
        _PyGCHead_SET_PREV(first, end);
        _PyGCHead_SET_NEXT(last, old);
        _PyGCHead_SET_PREV(old, last);
        young->_gc_next = young->_gc_prev = (uintptr_t)young;
    }
    gc->generations[0].count = 0;
}

/* Forget when collections of garbage were, and how long they took: since 3.15 the interpreter keeps the times for profilers. */
static inline void
compat_forget_collections(void)
{
#if PY_VERSION_HEX >= 0x030f0000
    struct gc_stats *stats = _PyRuntime._main_interpreter.gc.generation_stats;
    struct {
        struct gc_generation_stats *items;
        size_t count;
    } kept[] = {{stats->young.items, GC_YOUNG_STATS_SIZE},
                {stats->old[0].items, GC_OLD_STATS_SIZE},
                {stats->old[1].items, GC_OLD_STATS_SIZE}};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        for (size_t j = 0; j < kept[i].count; j++) {
            kept[i].items[j].ts_start = kept[i].items[j].ts_stop = 0;
            kept[i].items[j].duration = 0;
        }
    }
#endif
}

/* Objects that the collector knows, one by one, until `visit` returns 0; it must not run Python code. */
typedef int (*compat_visitor)(PyObject *object, void *context);

static inline void
compat_visit_objects(compat_visitor visit, void *context)
{
#if PY_VERSION_HEX >= 0x030c0000
    PyUnstable_GC_VisitObjects(visit, context);
#else
    struct _gc_runtime_state *gc = &PyInterpreterState_Get()->gc;
    PyGC_Head *lists[] = {&gc->generations[0].head, &gc->generations[1].head, &gc->generations[2].head,
                          &gc->permanent_generation.head};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (PyGC_Head *item = _PyGCHead_NEXT(lists[i]); item != lists[i]; item = _PyGCHead_NEXT(item)) {
            if (!visit((PyObject *)(item + 1), context)) {
                return;
            }
        }
    }
#endif
}

/* The state of the collector's list of old objects at some time: how many full collections there had been, which change its
   order, and some objects near its end, before those that may soon be gone. Others are appended (gcmodule.c, gc.c:
   gc_list_merge). Empty since 3.14, whose collector may change the order of its lists at any time. */
enum { COMPAT_LAST = 4, COMPAT_SKIPPED = 256 };
struct compat_old_objects {
    Py_ssize_t collections;
    PyObject *last[COMPAT_LAST]; /* the very last comes first */
};

static inline struct compat_old_objects
compat_note_old_objects(void)
{
    struct compat_old_objects old = {0, {NULL}};
#if PY_VERSION_HEX < 0x030e0000
    struct _gc_runtime_state *gc = &_PyRuntime._main_interpreter.gc;
    old.collections = gc->generation_stats[NUM_GENERATIONS - 1].collections;
    PyGC_Head *list = &gc->generations[NUM_GENERATIONS - 1].head;
    PyGC_Head *item = _PyGCHead_PREV(list);
    for (int i = 0; i < COMPAT_SKIPPED && item != list; i++) {
        item = _PyGCHead_PREV(item);
    }
    for (int i = 0; i < COMPAT_LAST && item != list; i++, item = _PyGCHead_PREV(item)) {
        old.last[i] = (PyObject *)(item + 1);
    }
#endif
    return old;
}

#if PY_VERSION_HEX < 0x030e0000
/* Is this the last of those objects, with the others before it? */
static inline int
compat_is_last_old(const struct compat_old_objects *old, PyGC_Head *item)
{
    for (int i = 0; i < COMPAT_LAST; i++, item = _PyGCHead_PREV(item)) {
        if (old->last[i] != (PyObject *)(item + 1)) {
            return 0;
        }
    }
    return 1;
}
#endif

/* The same as compat_visit_objects for objects that came after those. Returns 0 if they cannot be told. */
static inline int
compat_visit_new_objects(compat_visitor visit, void *context, const struct compat_old_objects *old)
{
#if PY_VERSION_HEX >= 0x030e0000
    (void)visit, (void)context, (void)old; /* incremental: lists have other orders */
    return 0;
#else
    struct _gc_runtime_state *gc = &_PyRuntime._main_interpreter.gc;
    PyGC_Head *kept = &gc->permanent_generation.head;
    if (gc->generation_stats[NUM_GENERATIONS - 1].collections != old->collections || _PyGCHead_NEXT(kept) != kept) {
        return 0;
    }
    for (size_t i = 0; i < NUM_GENERATIONS; i++) {
        PyGC_Head *list = &gc->generations[i].head;
        for (PyGC_Head *item = _PyGCHead_PREV(list); item != list; item = _PyGCHead_PREV(item)) {
            if ((PyObject *)(item + 1) == old->last[0] && compat_is_last_old(old, item)) {
                break;
            }
            if (!visit((PyObject *)(item + 1), context)) {
                return 1;
            }
        }
    }
    return 1;
#endif
}

/* Where the memory of an object begins that the collector knows. */
static inline void *
compat_block_of(PyObject *object)
{
    return (char *)object - _PyType_PreHeaderSize(Py_TYPE(object));
}

#endif
