/* Extension modules that ask the kernel by instructions of their own, or from within the C library. -DWHAT=FUNCTION makes
   the module of that name, whose VALUE is what the function returns. */

#include <Python.h>

#include <fcntl.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

static long
call(long number, long a, long b, long c, long d)
{
    long result;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}

static long
ask_process(void)
{
    return call(SYS_getpid, 0, 0, 0, 0);
}

static long
ask_path(void)
{
    long fd = call(SYS_openat, AT_FDCWD, (long)"/etc/passwd", O_RDONLY, 0);
    if (fd >= 0) {
        call(SYS_close, fd, 0, 0, 0);
    }
    return fd >= 0;
}

static long
make_folder(void)
{
    return call(SYS_mkdir, (long)getenv("FOLDER"), 0700, 0, 0);
}

static long
write_text(void)
{
    return call(SYS_write, 1, (long)"beneath\n", 8, 0);
}

static long
start_process(void)
{
    return system("exit 3") >> 8;
}

static long
ask_group(void)
{
    struct group *root = getgrnam("root");
    return root ? (long)root->gr_gid : -1;
}

/* Memory that is aligned to pages, and pages themselves. */
static long
keep_in_pages(void)
{
    static int *kept[2];
    void *block;
    if (posix_memalign(&block, 4096, 100) != 0) {
        return 0;
    }
    kept[0] = block;
    kept[1] = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *kept[0] = *kept[1] = (int)call(SYS_getpid, 0, 0, 0, 0);
    return 5;
}

/* As Rust's standard library does. */
static long *thread_number;

static long
keep_thread_number(void)
{
    thread_number = malloc(sizeof *thread_number);
    *thread_number = call(SYS_gettid, 0, 0, 0, 0);
    return 6;
}

static int
compare(const void *one, const void *other)
{
    return *(const int *)one - *(const int *)other;
}

/* Functions that sort ask how much memory there is; nobody keeps it. */
static long
sort(void)
{
    static int numbers[100000];
    for (int i = 0; i < 100000; i++) {
        numbers[i] = i * 7919 % 100003;
    }
    qsort(numbers, 100000, sizeof *numbers, compare);
    return numbers[500];
}

/* As Rust's standard library does. */
static long
look_through(void)
{
    long found = 0;
    for (char **variable = environ; *variable; variable++) {
        found += strncmp(*variable, "FOLDER=", 7) == 0;
    }
    return found;
}

/* It has the variable, too, and does not read it. */
static long
look_no_further(void)
{
    return getenv("FOLDER_OF_NOBODY") ? look_through() : 7;
}

#define JOIN(one, other) one##other
#define INIT(name) JOIN(PyInit_, name)
#define TEXT(name) #name
#define NAME(name) TEXT(name)

static PyObject *
kept(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return PyLong_FromLong(thread_number ? *thread_number : 0);
}

static PyMethodDef methods[] = {{"kept", kept, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = NAME(WHAT), .m_size = -1,
                                        .m_methods = methods};

PyMODINIT_FUNC
INIT(WHAT)(void)
{
    PyObject *module = PyModule_Create(&definition);
    if (module && PyModule_AddObject(module, "VALUE", PyLong_FromLong(WHAT())) == 0) {
        return module;
    }
    return NULL;
}
