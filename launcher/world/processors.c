/* How many processors a process may use, for words that hold this number in a start from a snapshot. */

#include "interposed.h"
#include "world/world.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LONGEST = 4096 };

/* The text of a small file; false if there is none, or it is too long. */
static bool
read_text(const char *path, char *out)
{
    int fd = __real_open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : __real_read(fd, out, LONGEST);
    if (fd >= 0) {
        close(fd);
    }
    out[size < 0 ? 0 : size] = '\0';
    return size >= 0 && size < LONGEST;
}

/* Does a group, or one that it lies in, have another text in this file than that which means that there is no limit? */
static bool
has_limit(const char *root, const char *group, const char *file, const char *unlimited)
{
    char path[3 * LONGEST];
    size_t end = (size_t)snprintf(path, 2 * LONGEST, "%s%s", root, group);
    size_t shortest = strlen(root);
    for (;;) {
        char text[LONGEST + 1];
        snprintf(path + end, LONGEST, "/%s", file);
        if (read_text(path, text) && strncmp(text, unlimited, strlen(unlimited)) != 0) {
            return true;
        }
        if (end <= shortest) {
            return false;
        }
        do {
            end--;
        } while (end > shortest && path[end] != '/');
    }
}

/* Is "cpu" among names with commas between them? */
static bool
has_cpu(const char *names)
{
    size_t length = strcspn(names, ",");
    return (length == 3 && strncmp(names, "cpu", 3) == 0) || (names[length] && has_cpu(names + length + 1));
}

/* The same for one line of /proc/self/cgroup, "NUMBER:CONTROLLERS:GROUP" (cgroups(7)). */
static bool
is_limiting(char *line)
{
    static const char *const roots[] = {"/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu,cpuacct"};
    char *controllers = strchr(line, ':');
    char *group = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!group) {
        return false;
    }
    *controllers++ = *group++ = '\0';
    if (!*controllers) { /* version 2 */
        return has_limit("/sys/fs/cgroup", group, "cpu.max", "max");
    }
    if (!has_cpu(controllers)) {
        return false;
    }
    bool is_known = false;
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        if (__real_access(roots[i], F_OK) == 0) {
            is_known = true;
            if (has_limit(roots[i], group, "cpu.cfs_quota_us", "-1")) {
                return true;
            }
        }
    }
    return !is_known;
}

bool
bundle_is_share_limited(void)
{
    char text[LONGEST + 1];
    if (!read_text("/proc/self/cgroup", text)) {
        return false;
    }
    bool is_limited = false;
    for (char *line = text; line && !is_limited;) {
        char *end = strchr(line, '\n');
        if (end) {
            *end++ = '\0';
        }
        is_limited = is_limiting(line);
        line = end;
    }
    return is_limited;
}

uint32_t
bundle_usable_processors(void)
{
    cpu_set_t set;
    return __real_sched_getaffinity(0, sizeof set, &set) == 0 ? (uint32_t)CPU_COUNT(&set) : 0;
}
