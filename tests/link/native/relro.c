/* What becomes read-only after binding (PT_GNU_RELRO) is so: constants that hold addresses, some only known at run time. */

#include "module.h"

#include <link.h>
#include <unistd.h>

static const char *const texts[] = {"one", "two"};
#ifdef LATE
extern char **environ;
static char ***const late = &environ; /* a variable of the C library */
#endif

static char permissions[5];

static void
find_permissions(const void *address)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[4096];
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        char found[5];
        if (sscanf(line, "%lx-%lx %4s", &start, &end, found) == 3 && start <= (unsigned long)address
            && (unsigned long)address < end) {
            strcpy(permissions, found);
        }
    }
    if (maps) {
        fclose(maps);
    }
}

static void
run(void)
{
    int chosen = getpid() > 0;
    find_permissions(&texts[chosen]);
    say("%s %s", texts[chosen], permissions);
#ifdef LATE
    find_permissions(&late);
    say(" %d %s", *late == environ, permissions);
#endif
}
