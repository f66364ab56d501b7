/* The bytes of bundled files: in memory, and behind a descriptor.

   A descriptor is that of a sealed memory file with the contents. */

#include "files/contents.h"

#include "executable/executable.h"
#include "files/files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

const unsigned char *
bundle_map_contents(const struct bundle_file *file)
{
    if (!file->packed_size) {
        return file->data;
    }
    unsigned char *room = mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) {
        return NULL;
    }
    if (!bundle_inflate(file->data, file->packed_size, room, file->size)) {
        munmap(room, file->size);
        errno = EIO;
        return NULL;
    }
    return room;
}

void
bundle_unmap_contents(const struct bundle_file *file, const unsigned char *data)
{
    if (data != file->data) {
        munmap((void *)data, file->size);
    }
}

/* Write a file's bytes; errors in errno. */
static bool
write_contents(int fd, const struct bundle_file *file)
{
    const unsigned char *data = bundle_map_contents(file);
    bool done = data != NULL;
    for (uint64_t written = 0; done && written < file->size;) {
        ssize_t count = write(fd, data + written, file->size - written);
        done = count >= 0;
        written += done ? (uint64_t)count : 0;
    }
    int error = errno;
    if (data) {
        bundle_unmap_contents(file, data);
    }
    errno = error;
    return done;
}

int
bundle_open_contents_as(const struct bundle_file *file, int flags)
{
    if (!file->data && file->size) {
        errno = ENOTSUP; /* an image: it was changed when it was bound */
        return -1;
    }
    int fd = memfd_create(file->name, MFD_ALLOW_SEALING | (flags & O_CLOEXEC ? MFD_CLOEXEC : 0));
    if (fd < 0) {
        return -1;
    }
    if (!write_contents(fd, file)) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

int
bundle_open_contents(const struct bundle_file *file)
{
    return bundle_open_contents_as(file, O_CLOEXEC);
}
