/* Objects of the interpreter: what its versions keep in them, and how they are looked up. */

#ifndef COMPAT_OBJECTS_H
#define COMPAT_OBJECTS_H

#include "compat/python.h"

/* Let a file find out anew whether it can be sought: two bits behind the descriptor, which its `__init__` leaves as they
   are (_io/fileio.c, fileio; the same in 3.11-3.15). */
static inline void
compat_forget_seekable(PyObject *file)
{
    struct fileio {
        PyObject_HEAD int fd;
        unsigned int created : 1, readable : 1, writable : 1, appending : 1;
        signed int seekable : 2;
    } *raw = (struct fileio *)file;
    raw->seekable = -1;
}

/* The size of the buffer that a stream gets whose file has blocks of a size (_io/_iomodule.c, _io_open). */
static inline Py_ssize_t
compat_buffer_size(Py_ssize_t block)
{
#if PY_VERSION_HEX >= 0x030e0000
    enum { LEAST = 128 << 10, MOST = 8 << 20 };
    return block < LEAST ? LEAST : block > MOST ? MOST : block;
#else
    return block;
#endif
}

/* Functions by which the interpreter's parts look into dictionaries (dictobject.c), and not all versions have. */
#define COMPAT_HAS_ITEM_REF (PY_VERSION_HEX >= 0x030d0000)
#define COMPAT_HAS_LOAD_GLOBAL (PY_VERSION_HEX < 0x030f0000)

/* The reference that _PyDict_LoadGlobal gives to what it found, if anything: borrowed, or since 3.13 a new one. */
static inline PyObject *
compat_loaded_global(PyObject *value)
{
#if PY_VERSION_HEX >= 0x030d0000
    Py_XINCREF(value);
#endif
    return value;
}

#endif
