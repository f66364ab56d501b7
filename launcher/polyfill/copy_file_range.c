/* copy_file_range(2), glibc 2.27. */

#include "polyfill/polyfill.h"

ssize_t
copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t size, unsigned flags)
{
    return syscall(SYS_copy_file_range, from, from_offset, to, to_offset, size, flags);
}
