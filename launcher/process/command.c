/* What a start of the executable is for.

   `sys.executable` is this file, so a program that means to start Python starts itself. Which of the two it means cannot
   be told from arguments alone: `-c` and `-m` may be options of the program's own. So the launcher's exec calls
   (children.c) mark what is started if it is this executable again; whoever starts it from outside gets the program,
   whatever the arguments. A shell in between loses the mark; for `sh -c` the processes above are looked at.

   Marked starts, with options read as `python` reads them:
     - this file, or the program's own script or module, as what is to be run: the program, with the arguments behind;
     - the commands that process pools start their workers with: those, in the program's configuration;
     - anything else, if the binary is built with python-command: Python;
     - code, a module or a .py file, if it is not: refused, for the program would start itself without end;
     - other arguments: the program, but not without end. Programs that know sys.frozen start themselves like that. */

#include "process/process.h"

#include "executable/executable.h"
#include "interposed.h"
#include "process/children.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- The command line of `python` ------------------------------------------------------------------------------ */

enum target { NOTHING, CODE, MODULE, SCRIPT, STANDARD_INPUT, NOT_PYTHON };

/* What `python` would run; `text` is the code, the module or the file, `next` the index of its first argument. */
struct python_line {
    enum target target;
    char *text;
    int next;
};

/* Python/getopt.c: SHORT_OPTS, and the long options. */
#define FLAGS "bBdEhiIJOPqRsStuvVx?"
#define WITH_VALUE "WX"

static struct python_line
read_python_line(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        char *word = argv[i];
        if (strcmp(word, "-") == 0) {
            return (struct python_line){STANDARD_INPUT, word, i + 1};
        }
        if (word[0] != '-') {
            return (struct python_line){SCRIPT, word, i + 1};
        }
        if (strcmp(word, "--") == 0) {
            return (struct python_line){NOTHING, NULL, i + 1};
        }
        if (word[1] == '-') {
            if (strcmp(word, "--check-hash-based-pycs") == 0) {
                i++;
            }
            else if (strcmp(word, "--version") != 0 && strncmp(word, "--help", 6) != 0) {
                return (struct python_line){NOT_PYTHON, word, i};
            }
            continue;
        }
        for (char *letter = word + 1; *letter; letter++) {
            if (strchr(FLAGS, *letter)) {
                continue;
            }
            if (!strchr(WITH_VALUE "cm", *letter)) {
                return (struct python_line){NOT_PYTHON, word, i};
            }
            char *value = letter[1] ? letter + 1 : i + 1 < argc ? argv[++i] : NULL;
            if (!value) {
                return (struct python_line){NOT_PYTHON, word, i};
            }
            if (*letter == 'c' || *letter == 'm') {
                return (struct python_line){*letter == 'c' ? CODE : MODULE, value, i + 1};
            }
            break;
        }
    }
    return (struct python_line){NOTHING, NULL, argc};
}

/* --- Who started this process ---------------------------------------------------------------------------------- */

/* Take a mark ("NAME=") out of the environment, for no one below is to inherit it; its number, 0 when it was not there. */
static int
take_mark(const char *mark)
{
    size_t length = strlen(mark);
    int found = 0;
    char **to = environ;
    for (char **from = environ; from && *from; from++) {
        if (strncmp(*from, mark, length) == 0) {
            found = atoi(*from + length);
        }
        else {
            *to++ = *from;
        }
    }
    if (to) {
        *to = NULL;
    }
    return found;
}

/* Does a process belong to this user? */
static bool
is_own_process(pid_t process)
{
    char path[64];
    struct stat facts;
    snprintf(path, sizeof path, "/proc/%d", (int)process);
    return stat(path, &facts) == 0 && facts.st_uid == geteuid();
}

/* Does a process of the same user run this executable? */
static bool
runs_this_file(pid_t process)
{
    return is_own_process(process) && bundle_runs_own_file(process);
}

/* The first bytes of a file of /proc, as text; their number. */
static ssize_t
read_text(pid_t process, const char *name, char *buffer, size_t size)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)process, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, buffer, size - 1);
    if (fd >= 0) {
        close(fd);
    }
    buffer[length > 0 ? length : 0] = '\0';
    return length;
}

/* The process above a shell that runs one command (`sh -c`); 0 when this is no such shell of the same user. */
static pid_t
above_shell(pid_t process)
{
    char text[512];
    if (!is_own_process(process) || read_text(process, "cmdline", text, sizeof text) <= 0) {
        return 0;
    }
    size_t length = strlen(text);
    if (length < 2 || strcmp(text + length - 2, "sh") != 0 || strcmp(text + length + 1, "-c") != 0) {
        return 0;
    }
    /* pid (name) state ppid: the name may hold anything, a parenthesis too. */
    const char *rest = read_text(process, "stat", text, sizeof text) > 0 ? strrchr(text, ')') : NULL;
    int parent = 0;
    return rest && sscanf(rest + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

/* Is this process one that the program started through a shell? */
static bool
is_below_own_shell(void)
{
    pid_t parent = getppid();
    pid_t above = runs_this_file(parent) ? 0 : above_shell(parent);
    return !above ? runs_this_file(parent) : runs_this_file(above);
}

/* --- What is asked for ----------------------------------------------------------------------------------------- */

/* `python -m package` runs `package.__main__`. */
static bool
is_main_module(const char *name)
{
    const char *own = bundle.options.main_module;
    size_t length = strlen(name);
    return own && strncmp(own, name, length) == 0 && (!own[length] || strcmp(own + length, ".__main__") == 0);
}

static bool
ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text);
    size_t wanted = strlen(ending);
    return length >= wanted && strcmp(text + length - wanted, ending) == 0;
}

/* The frozen module whose source would be at this path. */
static const struct bundle_module *
module_at(const char *path)
{
    if (strncmp(path, BUNDLE_ROOT "/", sizeof BUNDLE_ROOT) != 0) {
        return NULL;
    }
    for (uint32_t i = 0; i < bundle.module_index.count; i++) {
        const struct bundle_module *module = &bundle.modules[i];
        if (module->code && module->path && strcmp(module->path, path) == 0) {
            return module;
        }
    }
    return NULL;
}

/* Is this a module by which a process pool runs its helpers: multiprocessing's, or one made after it? */
static bool
is_pool_module(const char *name, size_t length)
{
    static const char *const endings[] = {".spawn", ".forkserver", ".resource_tracker", ".semaphore_tracker"};
    char text[256];
    if (length >= sizeof text) {
        return false;
    }
    memcpy(text, name, length);
    text[length] = '\0';
    if (!bundle_find_module(text)) {
        return false;
    }
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        if (ends_with(text, endings[i])) {
            return true;
        }
    }
    return strstr(text, "loky.backend.") != NULL;
}

/* Is this `from MODULE import NAME; NAME(...)`, with such a module? Since 3.14 `import sys; ` may stand before it. */
static bool
is_pool_code(const char *code)
{
    static const char sys[] = "import sys; ";
    static const char from[] = "from ";
    if (strncmp(code, sys, sizeof sys - 1) == 0) {
        code += sizeof sys - 1;
    }
    static const char import[] = " import ";
    if (strncmp(code, from, sizeof from - 1) != 0) {
        return false;
    }
    const char *module = code + sizeof from - 1;
    const char *end = strchr(module, ' ');
    if (!end || strncmp(end, import, sizeof import - 1) != 0 || !is_pool_module(module, (size_t)(end - module))) {
        return false;
    }
    const char *name = end + sizeof import - 1;
    size_t length = strcspn(name, "; ");
    const char *call = name + length + strspn(name + length, "; ");
    return length && strncmp(call, name, length) == 0 && call[length] == '(';
}

/* Would `python` run this, as far as its name and place say? */
static bool
is_script(const char *path)
{
    struct stat facts;
    bool has_name =
        ends_with(path, ".py") || ends_with(path, ".pyc") || ends_with(path, ".pyz") || ends_with(path, ".pyw");
    return has_name && (strncmp(path, BUNDLE_ROOT "/", sizeof BUNDLE_ROOT) == 0 || stat(path, &facts) == 0);
}

/* The same start with the arguments from `next` on, behind a new first one. */
static struct bundle_start
with_arguments(struct bundle_start start, int next, char *first)
{
    start.argc -= next - 1;
    start.argv += next - 1;
    start.argv[0] = first;
    return start;
}

void
bundle_start_anew(const struct bundle_start *before, char *const *environment)
{
    size_t count = 0;
    while (environment && environment[count]) {
        count++;
    }
    char *room[count + 3];
    char mark[sizeof BUNDLE_MARK "=2147483647"];
    char **next = room;
    for (size_t i = 0; i < count; i++) {
        *next++ = environment[i];
    }
    *next++ = BUNDLE_ANEW "=1";
    if (bundle_children_depth()) {
        snprintf(mark, sizeof mark, BUNDLE_MARK "=%d", bundle_children_depth());
        *next++ = mark;
    }
    *next = NULL;
    __real_execve(bundle_path_to_start(), before->argv, room);
}

/* What a start is for that the program makes itself, with a command line that means this to `python`. `app`: the start of the
   program with these arguments. */
static struct bundle_start
own_start(struct bundle_start app, struct python_line line)
{
    struct bundle_start pool = {BUNDLE_RUN_POOL, app.argc, app.argv, NULL, NULL, false};
    if (app.argc > 1 && strcmp(app.argv[1], "--multiprocessing-fork") == 0) {
        pool.code = "from multiprocessing.spawn import freeze_support; freeze_support()";
        return pool;
    }
    if (line.target == CODE && is_pool_code(line.text)) {
        pool.code = line.text;
        return with_arguments(pool, line.next, "-c");
    }
    if (line.target == MODULE && strstr(line.text, "loky.backend.") && bundle_find_module(line.text)) {
        pool.program = bundle_find_module(line.text);
        return with_arguments(pool, line.next, app.argv[0]);
    }
    if ((line.target == MODULE && is_main_module(line.text))
        || (line.target == SCRIPT && app.program->path && strcmp(line.text, app.program->path) == 0)) {
        return with_arguments(app, line.next, app.argv[0]);
    }
    if (line.target == SCRIPT && bundle_is_own_file(line.text)) {
        return with_arguments(app, line.next, line.text);
    }
    if (line.target == NOT_PYTHON) {
        return app; /* all that Python could do is to complain */
    }
    if (bundle.options.python_command == BUNDLE_SELF_EXEC_PYTHON) {
        const struct bundle_module *program = line.target == SCRIPT ? module_at(line.text) : NULL;
        return (struct bundle_start){BUNDLE_RUN_PYTHON, app.argc, app.argv, NULL, program, false};
    }
    bool is_python = line.target == CODE || line.target == MODULE || line.target == STANDARD_INPUT
                     || (line.target == SCRIPT && is_script(line.text));
    if (bundle.options.python_command == BUNDLE_SELF_EXEC_ERROR && is_python) {
        app.command = BUNDLE_RUN_REFUSED;
    }
    return app;
}

/* A program may start itself, and that again; it goes in circles when so many wait for one another. */
enum { DEEPEST = 8 };

struct bundle_start
bundle_read_command(int argc, char **argv)
{
    struct bundle_start app = {BUNDLE_RUN_APP, argc, argv, NULL, bundle_find_module("__main__"), false};
    int depth = take_mark(BUNDLE_MARK "=");
    app.is_anew = take_mark(BUNDLE_ANEW "=") != 0;
    bool is_marked = depth > 0;
    if (__real_getauxval(AT_SECURE)) {
        return app; /* who may start it must not choose what it runs */
    }
    bundle_children_start(depth);
    if (app.is_anew) {
        return app; /* the one before has read the command line */
    }
    if (depth > DEEPEST && runs_this_file(getppid())) {
        app.command = BUNDLE_RUN_ENDLESS;
        return app;
    }
    /* For other programs, a file behind its name is an argument of their own. */
    bool may_be_script = bundle.options.python_command == BUNDLE_SELF_EXEC_PYTHON && argc > 1 && is_script(argv[1]);
    if (!is_marked && (argc < 2 || (argv[1][0] != '-' && !may_be_script))) {
        return app;
    }
    struct python_line line = read_python_line(argc, argv);
    bool runs_code = line.target == CODE || line.target == MODULE;
    if (!is_marked && !((runs_code || may_be_script) && is_below_own_shell())) {
        return app;
    }
    return own_start(app, line);
}
