/* Descriptors of bundled files whose contents could not be written to the nameless file behind them, for a limit
   (RLIMIT_FSIZE) that the program may not raise forbids it.

   The nameless file is empty. It keeps the position, which dup and fork share; the bytes come from memory. Only calls that
   the launcher interposes can read them: a child process finds an empty file. */

#include "files/unwritten.h"

#include "files/contents.h"
#include "interposed.h"
#include "lifetime.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Unpacked contents, by number of the file; kept, for packed ones would have to be unpacked for each call. */
PER_PROGRAM static const unsigned char **unpacked;

const struct bundle_file *
unwritten_file_of(int fd)
{
    struct stat facts;
    const struct bundle_file *file = bundle_descriptor_file(fd, &facts);
    return file && facts.st_size == 0 && file->size ? file : NULL;
}

/* The bytes of a file; NULL with errno. */
static const unsigned char *
contents_of(const struct bundle_file *file)
{
    if (file->data && !file->packed_size) {
        return file->data;
    }
    const unsigned char **all = __atomic_load_n(&unpacked, __ATOMIC_ACQUIRE);
    if (!all) {
        const unsigned char **fresh = calloc(bundle.file_index.count, sizeof *fresh);
        if (!fresh) {
            return NULL;
        }
        if (__atomic_compare_exchange_n(&unpacked, &all, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            all = fresh;
        }
        else {
            free(fresh);
        }
    }
    const unsigned char **place = &all[file - bundle.files];
    const unsigned char *found = __atomic_load_n(place, __ATOMIC_ACQUIRE);
    if (!found) {
        const unsigned char *fresh = bundle_map_contents(file);
        if (!fresh || __atomic_compare_exchange_n(place, &found, fresh, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
            return fresh;
        }
        bundle_unmap_contents(file, fresh); /* another thread was faster */
    }
    return found;
}

ssize_t
unwritten_pread(const struct bundle_file *file, void *out, size_t size, off_t offset)
{
    const unsigned char *data = contents_of(file);
    if (!data || offset < 0) {
        errno = data ? EINVAL : errno;
        return -1;
    }
    if ((uint64_t)offset >= file->size) {
        return 0;
    }
    uint64_t rest = file->size - (uint64_t)offset;
    size_t length = size < rest ? size : rest;
    memcpy(out, data + offset, length);
    return (ssize_t)length;
}

ssize_t
unwritten_read(const struct bundle_file *file, int fd, void *out, size_t size)
{
    off_t position = __real_lseek(fd, 0, SEEK_CUR);
    ssize_t length = position < 0 ? -1 : unwritten_pread(file, out, size, position);
    if (length > 0) {
        __real_lseek(fd, position + length, SEEK_SET);
    }
    return length;
}

off_t
unwritten_lseek(const struct bundle_file *file, int fd, off_t offset, int whence)
{
    if (whence != SEEK_END) {
        return __real_lseek(fd, offset, whence);
    }
    if (offset < 0 && (uint64_t)-offset > file->size) {
        errno = EINVAL;
        return -1;
    }
    return __real_lseek(fd, (off_t)file->size + offset, SEEK_SET);
}

void *
unwritten_mmap(const struct bundle_file *file, void *address, size_t size, int protection, int flags, off_t offset)
{
    const unsigned char *data = contents_of(file);
    if (!data) {
        return MAP_FAILED;
    }
    if (flags & MAP_SHARED && protection & PROT_WRITE) {
        errno = EACCES; /* as for a file that is open for reading */
        return MAP_FAILED;
    }
    int kind = (flags & ~(MAP_SHARED | MAP_SHARED_VALIDATE)) | MAP_PRIVATE | MAP_ANONYMOUS;
    void *mapped = __real_mmap(address, size, PROT_READ | PROT_WRITE, kind, -1, 0);
    if (mapped == MAP_FAILED) {
        return mapped;
    }
    if (unwritten_pread(file, mapped, size, offset) < 0 || mprotect(mapped, size, protection) < 0) {
        munmap(mapped, size);
        return MAP_FAILED;
    }
    return mapped;
}

FILE *
unwritten_fdopen(const struct bundle_file *file, int fd, const char *mode)
{
    const unsigned char *data = contents_of(file);
    FILE *stream = data ? fmemopen((void *)data, file->size, mode) : NULL;
    if (stream) {
        close(fd);
    }
    return stream;
}
