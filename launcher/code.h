/* What a frozen module offers the launcher. Apart from bundle.h, for every frozen module includes it: a change here
   gives each of them another key in the cache. */

#ifndef CODE_H
#define CODE_H

/* A slot in a static tuple that must hold a frozenset of `items` (a static tuple) before the module runs. */
struct bundle_set_slot {
    void **slot;
    void *items;
};

/* The frozen code of one module; `set_slots` (or NULL) ends with an empty slot, inner sets before outer ones. */
struct bundle_code {
    const void *code;
    const struct bundle_set_slot *set_slots;
};

#endif
