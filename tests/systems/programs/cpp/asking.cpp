/* An extension module that makes calls for which old kernels need others. */

#define NAME asking
#include "../../../link/native/module.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void
run(void)
{
    char folder[] = "/tmp/asking-XXXXXX";
    struct statx facts;
    if (!mkdtemp(folder) || chdir(folder) != 0) {
        say("no folder");
        return;
    }
    int fd = open("file", O_CREAT | O_WRONLY, 0640);
    say("%d %d\n", ftruncate(fd, 12345), fchmod(fd, 0640));
    say("%d ", statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &facts));
    say("%o %llu %u\n", facts.stx_mode, (unsigned long long)facts.stx_size, facts.stx_nlink);
    say("%d ", statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &facts));
    say("%o %d\n", facts.stx_mode, facts.stx_mtime.tv_sec > 1600000000);
    say("%d\n", statx(AT_FDCWD, "nothing", 0, STATX_BASIC_STATS, &facts));
    say("%d %d\n", renameat2(AT_FDCWD, "file", AT_FDCWD, "other", 0), access("other", F_OK));
    say("%d\n", renameat2(AT_FDCWD, "nothing", AT_FDCWD, "other", 0));
    say("%d\n", mlock2(folder, sizeof folder, 0));
    close(fd);
    unlink("other");
    if (chdir("/") == 0) {
        rmdir(folder);
    }
}
