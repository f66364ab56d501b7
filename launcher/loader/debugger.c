/* Debuggers know the objects that the dynamic linker has loaded. They learn of others through an interface that is meant for
   code that a program makes while it runs (GDB manual, "JIT Compilation Interface"; lldb has it too): a list of ELF files in
   memory, and a function that is called when one is added. The files are made when the binary is linked
   (bundler/elf/symbol_file.py); no debugger, no cost but for the list. */

#include "loader/debugger.h"

#include "bundle.h"
#include "lifetime.h"

#include <stddef.h>

enum { VERSION = 1, REGISTERED = 1 };

struct jit_descriptor {
    uint32_t version;
    uint32_t action;
    struct bundle_debugger_entry *relevant; /* what was added */
    struct bundle_debugger_entry *first;
};

/* Weak, for a libpython that compiles while it runs has both, and one list serves all. */
__attribute__((weak)) PER_PROGRAM struct jit_descriptor __jit_debug_descriptor = {.version = VERSION};

__attribute__((weak, noinline)) void
__jit_debug_register_code(void)
{
    __asm__ volatile("");
}

void
bundle_tell_debugger(uint32_t index)
{
    const struct bundle_object *object = &bundle.objects[index];
    struct bundle_debugger_entry *entry = &bundle_debugger_entries[index];
    entry->symbol_file = object->symbol_file;
    entry->size = object->end - (uint64_t)object->symbol_file;
    entry->next = __jit_debug_descriptor.first;
    if (entry->next) {
        entry->next->previous = entry;
    }
    __jit_debug_descriptor.first = entry;
    __jit_debug_descriptor.relevant = entry;
    __jit_debug_descriptor.action = REGISTERED;
    __jit_debug_register_code();
    __jit_debug_descriptor.action = 0;
}
