/* Looks names up in the tables of a payload (tables.c), as the launcher does.

   Usage: lookup PAYLOAD. Maps the payload at BASE, and reads questions from standard input, each ending with a NUL: "m",
   "f", "i" or "s" for a module, a file, an object or a soname, and a text. Prints the index of each record, or -1. */

#include "executable/executable.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const struct bundle *const tables = (const struct bundle *)BASE;

static long
position(const struct bundle_index *index, const void *records, size_t size, const char *text)
{
    /* A copy that ends where its text does: reading beyond it is noticed. */
    char *copy = strdup(text);
    const char *found = bundle_find(index, records, size, copy);
    free(copy);
    return found ? (found - (const char *)records) / (long)size : -1;
}

static long
look_up(char what, const char *text)
{
    switch (what) {
    case 'm':
        return position(&tables->module_index, tables->modules, sizeof *tables->modules, text);
    case 'f':
        return position(&tables->file_index, tables->files, sizeof *tables->files, text);
    case 'i':
        return position(&tables->object_index, tables->objects, sizeof *tables->objects, text);
    case 's':
        return position(&tables->soname_index, tables->sonames, sizeof *tables->sonames, text);
    default:
        abort();
    }
}

int
main(int argc, char **argv)
{
    int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
    struct stat facts;
    if (fd < 0 || fstat(fd, &facts) < 0) {
        return 2;
    }
    void *mapped = mmap((void *)BASE, (size_t)facts.st_size, PROT_READ, MAP_PRIVATE | MAP_FIXED_NOREPLACE, fd, 0);
    if (mapped != (void *)BASE) {
        return 3;
    }
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    while ((length = getdelim(&line, &room, '\0', stdin)) > 0) {
        printf("%ld\n", look_up(line[0], line + 1));
    }
    free(line);
    return 0;
}
