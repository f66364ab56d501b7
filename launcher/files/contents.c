/* The bytes of bundled files, and descriptors of these files.

   A descriptor is that of a file without a name, in memory where the system has such, which holds a copy of the
   contents. Its time of change tells which file it stands for: unlike a table of descriptors, that is still right after
   dup and fork, and when another file gets the number. */

#include "files/contents.h"

#include "executable/executable.h"
#include "files/files.h"
#include "interposed.h"
#include "lifetime.h"
#include "world/world.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* --- Bytes --------------------------------------------------------------------------------------------------- */

const unsigned char *
bundle_map_contents(const struct bundle_file *file)
{
    if (file->data && !file->packed_size) {
        return file->data;
    }
    unsigned char *room = __real_mmap(NULL, file->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) {
        return NULL;
    }
    errno = EIO; /* for damaged data */
    if (file->delta ? bundle_apply_delta(&bundle.deltas[file->delta - 1], room, file->size)
                    : bundle_inflate(file->data, file->packed_size, room, file->size)) {
        return room;
    }
    int error = errno;
    munmap(room, file->size);
    errno = error;
    return NULL;
}

void
bundle_unmap_contents(const struct bundle_file *file, const unsigned char *data)
{
    if (data != file->data) {
        munmap((void *)data, file->size);
    }
}

bool
bundle_write_all(int fd, const unsigned char *data, uint64_t size)
{
    for (uint64_t written = 0; written < size;) {
        ssize_t count = __real_write(fd, data + written, size - written);
        if (count < 0 && errno != EINTR) {
            return false;
        }
        written += count > 0 ? (uint64_t)count : 0;
    }
    return true;
}

/* --- Facts --------------------------------------------------------------------------------------------------- */

/* The owner is root and the time is 1980, as in a reproducible archive: nothing of the build machine. */
#define FILE_TIME 315532800

struct stat
bundle_file_facts(const struct bundle_file *file)
{
    return (struct stat){
        .st_dev = makedev(0, 0xb0d1),
        .st_ino = (ino_t)(file - bundle.files) + 1,
        .st_mode = file->is_folder ? S_IFDIR | 0555 : S_IFREG | (file->is_executable ? 0555 : 0444),
        .st_nlink = file->is_folder ? 2 : 1,
        .st_size = (off_t)file->size,
        .st_blksize = 4096,
        .st_blocks = (blkcnt_t)((file->size + 511) / 512),
        .st_atim.tv_sec = FILE_TIME,
        .st_mtim.tv_sec = FILE_TIME,
        .st_ctim.tv_sec = FILE_TIME,
    };
}

/* Note in a nameless file which bundled file it stands for. */
static void
mark(int fd, const struct bundle_file *file)
{
    struct timespec time = {FILE_TIME, (file - bundle.files) + 1};
    struct timespec times[] = {time, time};
    __real_fchmod(fd, bundle_file_facts(file).st_mode & ~(mode_t)S_IFMT);
    __real_futimens(fd, times);
}

const struct bundle_file *
bundle_described_file(const struct stat *facts)
{
    uint64_t number = (uint64_t)facts->st_mtim.tv_nsec;
    bool may_be = facts->st_nlink == 0 && facts->st_mtim.tv_sec == FILE_TIME && number - 1 < bundle.file_index.count;
    const struct bundle_file *file = may_be ? &bundle.files[number - 1] : NULL;
    bool is_whole = file && (uint64_t)facts->st_size == file->size;
    return is_whole || (file && facts->st_size == 0) ? file : NULL;
}

const struct bundle_file *
bundle_descriptor_file(int fd, struct stat *facts)
{
    int error = errno;
    const struct bundle_file *file = __real_fstat(fd, facts) == 0 ? bundle_described_file(facts) : NULL;
    errno = error;
    return file;
}

/* --- Descriptors --------------------------------------------------------------------------------------------- */

/* A new file without a name in a folder, open for reading and writing; -1 with errno. */
static int
make_nameless_in(const char *folder)
{
    int fd = __real_open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    char path[PATH_MAX];
    for (unsigned attempt = 0; fd < 0 && attempt < 100; attempt++) { /* a file system without such files */
        if (snprintf(path, sizeof path, "%s/.bundled-%d-%u", folder, (int)__real_getpid(), attempt)
            >= (int)sizeof path) {
            break;
        }
        fd = __real_open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0) {
            __real_unlink(path);
        }
        else if (errno != EEXIST) {
            break;
        }
    }
    return fd;
}

/* A new file without a name, open for reading and writing; -1 with errno. Some sandboxes and old kernels have no memory
   files; where there is a folder for temporary files, one of its serves. */
static int
make_nameless(const char *name)
{
    char label[200]; /* at most 249 bytes are allowed, which a file's name may exceed */
    snprintf(label, sizeof label, "%s", name);
    int fd = memfd_create(label, MFD_ALLOW_SEALING | MFD_CLOEXEC);
    int error = errno;
    if (fd >= 0 || error == EMFILE || error == ENFILE || error == ENOMEM) {
        return fd;
    }
    const char *folders[] = {__real_getauxval(AT_SECURE) ? NULL : __real_getenv("TMPDIR"), "/dev/shm", "/tmp",
                             "/var/tmp"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders && fd < 0; i++) {
        fd = folders[i] && *folders[i] == '/' ? make_nameless_in(folders[i]) : -1;
    }
    errno = error;
    return fd;
}

PER_PROCESS bool bundle_has_folder_descriptors;
PER_PROCESS bool bundle_has_unwritten;

/* May a file of this size be written? The limit of the size of files (RLIMIT_FSIZE) is meant for those that the program
   writes, but counts for nameless ones too, and a signal would tell of it: it is raised, if that is permitted. `before`
   becomes what it was. */
static bool
raise_limit(uint64_t size, struct rlimit *before)
{
    if (__real_getrlimit(RLIMIT_FSIZE, before) < 0) {
        before->rlim_cur = RLIM_INFINITY;
    }
    struct rlimit raised = {size, before->rlim_max < size ? size : before->rlim_max};
    return before->rlim_cur >= size || __real_setrlimit(RLIMIT_FSIZE, &raised) == 0;
}

/* Write a file's contents, or leave them in memory where they may not be written. Errors in errno. */
static bool
write_contents(int fd, const struct bundle_file *file)
{
    struct rlimit limit;
    if (!raise_limit(file->size, &limit)) {
        bundle_has_unwritten = true;
        return true;
    }
    const unsigned char *data = file->size ? bundle_map_contents(file) : NULL;
    bool done = !file->size || (data && bundle_write_all(fd, data, file->size));
    int error = errno;
    if (limit.rlim_cur < file->size) {
        __real_setrlimit(RLIMIT_FSIZE, &limit);
    }
    if (data) {
        bundle_unmap_contents(file, data);
    }
    errno = error;
    return done;
}

/* Let nobody change the file behind a descriptor; the descriptor to be used instead, or -1 with errno. */
static int
make_read_only(int fd)
{
    char path[64];
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) == 0) {
        return fd;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int other = __real_open(path, O_RDONLY | O_CLOEXEC);
    if (other < 0) {
        return fd; /* without /proc, only this program could */
    }
    close(fd);
    return other;
}

static int
open_descriptor(const struct bundle_file *file, int flags)
{
    int fd = make_nameless(file->name);
    if (fd < 0) {
        return -1;
    }
    if (!file->is_folder && !write_contents(fd, file)) {
        int error = errno;
        close(fd);
        errno = error;
        return -1;
    }
    bundle_has_folder_descriptors = bundle_has_folder_descriptors || file->is_folder;
    mark(fd, file);
    fd = make_read_only(fd);
    __real_lseek(fd, 0, SEEK_SET);
    if (!(flags & O_CLOEXEC)) {
        fcntl(fd, F_SETFD, 0);
    }
    return fd;
}

int
bundle_open_descriptor(const struct bundle_file *file, int flags)
{
    bundle_begin_passing(); /* the program asks for nothing of these */
    int fd = open_descriptor(file, flags);
    bundle_end_passing();
    return fd;
}

int
bundle_open_contents(const struct bundle_file *file)
{
    if (!bundle_has_contents(file)) {
        errno = ENOTSUP;
        return -1;
    }
    int fd = bundle_open_descriptor(file, O_CLOEXEC);
    struct stat facts;
    if (fd >= 0 && __real_fstat(fd, &facts) == 0 && (uint64_t)facts.st_size != file->size) {
        close(fd);
        errno = EFBIG; /* the kernel cannot read what is in memory only */
        return -1;
    }
    return fd;
}

int
bundle_open_bytes(const char *name, const void *bytes, size_t size)
{
    bundle_begin_passing();
    int fd = make_nameless(name);
    struct rlimit limit;
    if (fd >= 0 && raise_limit(size, &limit)) {
        bool done = bundle_write_all(fd, bytes, size);
        int error = errno;
        if (limit.rlim_cur < size) {
            __real_setrlimit(RLIMIT_FSIZE, &limit);
        }
        if (!done) {
            close(fd);
            fd = -1;
        }
        errno = error;
    }
    bundle_end_passing();
    return fd;
}
