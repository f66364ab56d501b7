/* posix_spawn_file_actions_addclosefrom_np(3), glibc 2.34.

   An older C library has no such action, and runs actions in a process of its own: so there is one action for each
   descriptor that is open when this is called. Descriptors that are opened between that and posix_spawn stay open. */

#include "polyfill/descriptors.h"

#include <unistd.h>

int posix_spawn_file_actions_addclose(void *actions, int fd);

static int
add_close(int fd, void *actions)
{
    return posix_spawn_file_actions_addclose(actions, fd);
}

int
posix_spawn_file_actions_addclosefrom_np(void *actions, int first)
{
    __typeof__(&posix_spawn_file_actions_addclosefrom_np) own = OWN(posix_spawn_file_actions_addclosefrom_np);
    if (own) {
        return own(actions, first);
    }
    long limit = sysconf(_SC_OPEN_MAX);
    if (first < 0 || (limit >= 0 && first >= limit)) {
        return EBADF;
    }
    return polyfill_each_descriptor(first, add_close, actions);
}
