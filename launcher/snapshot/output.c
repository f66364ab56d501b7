/* What a recorded run writes for the build (bundler/snapshot/recording.py reads it): parts, one behind the other. */

#include "snapshot/output.h"

#include "compat/compat.h"

#include "bundle.h"
#include "interposed.h"
#include "lifetime.h"
#include "world/world.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096 };

PER_PROCESS static int output;

bool
bundle_open_output(int descriptor)
{
    output = fcntl(descriptor, F_DUPFD_CLOEXEC, FIRST_FREE);
    close(descriptor);
    return output >= 0;
}

static void
put_bytes(const void *bytes, uint64_t size)
{
    for (uint64_t done = 0; done < size;) {
        ssize_t count = __real_write(output, (const char *)bytes + done, size - done);
        if (count <= 0) {
            _exit(3);
        }
        done += (uint64_t)count;
    }
}

void
bundle_put(enum bundle_part_kind kind, uint64_t address, const void *bytes, uint64_t size)
{
    struct bundle_part part = {kind, 0, address, size};
    put_bytes(&part, sizeof part);
    put_bytes(bytes, size);
}

void
bundle_put_memory(enum bundle_part_kind kind, uint64_t address, const void *bytes, uint64_t size)
{
    static const char zeros[PAGE];
    while (size > PAGE && memcmp((const char *)bytes + size - PAGE, zeros, PAGE) == 0) {
        size -= PAGE;
    }
    bundle_put(kind, address, bytes, size);
}

void
bundle_put_notes(void)
{
    size_t size;
    const char *notes = bundle_notes(&size);
    bundle_put(BUNDLE_PART_NOTES, 0, notes, size);
}

_Noreturn void
bundle_give_up(const char *why)
{
    bundle_put_notes();
    bundle_put(BUNDLE_PART_FAILURE, 0, why, strlen(why));
    _exit(3);
}

_Noreturn void
bundle_give_up_raised(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    char text[600];
    PyObject *shown = value ? PyObject_Str(value) : NULL;
    const char *words = shown ? PyUnicode_AsUTF8(shown) : NULL;
    int line = 0;
    const char *file = "";
    for (PyTracebackObject *each = (PyTracebackObject *)traceback; each; each = each->tb_next) {
        PyCodeObject *code = PyFrame_GetCode(each->tb_frame);
        file = PyUnicode_AsUTF8(code->co_filename);
        line = each->tb_lineno > 0 ? each->tb_lineno : PyFrame_GetLineNumber(each->tb_frame);
        if (file && strncmp(file, "<again ", 7) == 0) {
            break; /* whatever it calls, it is this that cannot be run again */
        }
    }
    snprintf(text, sizeof text, "raised\n%s\n%d\n%.60s\n%.300s", file ? file : "", line,
             type ? ((PyTypeObject *)type)->tp_name : "", words ? words : "");
    bundle_give_up(text);
}
