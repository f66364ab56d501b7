/* A module whose constructor takes numbers next to zero for zero, as that of GCC's crtfastmath.o does, and rounds upwards. */

#include <Python.h>

#include <fenv.h>

__attribute__((constructor)) static void
choose(void)
{
#ifdef __x86_64__
    unsigned control = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(control | 0x8040);
#else
    unsigned long control;
    __asm__ volatile("mrs %0, fpcr" : "=r"(control));
    __asm__ volatile("msr fpcr, %0" : : "r"(control | 1ul << 24));
#endif
    fesetround(FE_UPWARD);
}

static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "rounds", .m_size = -1};

PyMODINIT_FUNC
PyInit_rounds(void)
{
    return PyModule_Create(&definition);
}
